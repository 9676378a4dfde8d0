"""Static files: single files of npm packages, and hashed names."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.test import override_settings
from fontTools.ttLib import TTFont

from workmate.staticfiles import HashedStorage, NpmFinder


@pytest.fixture
def npm(settings, tmp_path):
    modules = tmp_path / "node_modules"
    (modules / "tool/dist").mkdir(parents=True)
    (modules / "tool/dist/tool.min.js").write_text("export const one = 1;")
    (modules / "tool/secret.js").write_text("")
    settings.NODE_MODULES = modules
    settings.NPM_FILES = {"vendor/tool.js": "tool/dist/tool.min.js", "vendor/gone.js": "gone.js"}
    return modules


def test_only_listed_files_are_found(npm):
    finder = NpmFinder()
    assert finder.find("vendor/tool.js") == str(npm / "tool/dist/tool.min.js")
    assert finder.find("vendor/tool.js", find_all=True) == [str(npm / "tool/dist/tool.min.js")]
    assert finder.find("tool/secret.js") == []
    assert finder.find("vendor/../tool/secret.js") == []
    assert finder.find("vendor/gone.js") == []


def test_only_installed_files_are_collected_and_the_rest_is_told(npm):
    finder = NpmFinder()
    assert [name for name, _storage in finder.list(None)] == ["vendor/tool.js"]
    assert "vendor/gone.js" in finder.check()[0].msg


def test_a_font_is_cut_down_to_the_letters_of_its_range_once() -> None:
    name = "vendor/inter-latin-a.woff2"
    made = Path(str(finders.find(name)))
    whole = Path(str(finders.find("vendor/inter-latin-ext.woff2")))
    letters = set(TTFont(made).getBestCmap())
    assert {ord(letter) for letter in "şŁłřőčĐğİșț"} <= letters
    assert ord("ẞ") not in letters
    assert made.stat().st_size < 20_000 < whole.stat().st_size
    before = made.stat().st_mtime_ns
    assert finders.find(name) == str(made)
    assert made.stat().st_mtime_ns == before
    with override_settings(FONT_LETTERS={name: "U+0141"}):
        other = Path(str(finders.find(name)))
    assert set(TTFont(other).getBestCmap()) == {ord("Ł")}
    other.unlink()


def test_no_font_is_made_of_one_that_is_not_installed(npm: Path, settings: Any) -> None:
    settings.FONT_LETTERS = {"vendor/gone.js": "U+0041"}
    assert NpmFinder().find("vendor/gone.js") == []
    assert not (npm / ".cache").exists()


def test_each_letter_has_one_font() -> None:
    sheet = Path(str(finders.find("css/tokens.css"))).read_text()
    face = re.compile(r"/(inter-[a-z-]+)\.woff2.*?unicode-range: ([^;]+);", re.DOTALL)
    ranges = dict(face.findall(sheet))
    small = ranges["inter-latin-a"].replace(" ", "")
    assert settings.FONT_LETTERS["vendor/inter-latin-a.woff2"] == small
    for letter in "şŁşřőčĐğșț":
        assert [name for name, told in ranges.items() if holds(told, letter)] == ["inter-latin-a"]
    assert [name for name, told in ranges.items() if holds(told, "ẞ")] == ["inter-latin-ext"]


def holds(ranges: str, letter: str) -> bool:
    """Whether a letter lies in a CSS range."""
    for part in ranges.replace("U+", "").split(","):
        first, _dash, last = part.strip().partition("-")
        if int(first, 16) <= ord(letter) <= int(last or first, 16):
            return True
    return False


def test_hashed_names_reach_into_styles_and_modules(settings, tmp_path):
    source = tmp_path / "source"
    (source / "css").mkdir(parents=True)
    (source / "js").mkdir()
    (source / "js/a.js").write_text('import { one } from "./b.js";\nconsole.log(one);\n')
    (source / "js/b.js").write_text("export const one = 1;\n")
    (source / "css/a.css").write_text('@font-face { src: url("../js/b.js") }\n')
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "root"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "workmate.staticfiles.HashedStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
    module = names["js/b.js"]
    assert module != "js/b.js"
    root, name = settings.STATIC_ROOT, module.removeprefix("js/")
    assert name in (root / names["js/a.js"]).read_text()
    assert name in (root / names["css/a.css"]).read_text()


class Uncompressed(HashedStorage):
    """What production makes, without the time that compressing takes."""

    post_process = ManifestStaticFilesStorage.post_process


def test_production_finds_all_that_its_files_name(tmp_path: Path, settings: Any) -> None:
    kind = f"{Uncompressed.__module__}.{Uncompressed.__name__}"
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": kind}}
    call_command("collectstatic", interactive=False, verbosity=0)
    [module] = tmp_path.glob("js/chat.*.js")
    imported = re.search(r'from "\./(chat-message\.\w+\.js)"', module.read_text())
    assert imported
    assert (tmp_path / "js" / imported[1]).exists()
