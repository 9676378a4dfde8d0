"""Static files: single files of npm packages, and hashed names."""

import json

import pytest
from django.core.management import call_command

from workmate.staticfiles import NpmFinder


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


def test_hashed_names_reach_into_styles_and_modules(settings, tmp_path):
    source = tmp_path / "source"
    (source / "css").mkdir(parents=True)
    (source / "a.js").write_text('import { one } from "./b.js";\nconsole.log(one);\n')
    (source / "b.js").write_text("export const one = 1;\n")
    (source / "css/a.css").write_text('@font-face { src: url("../b.js") }\n')
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "root"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "workmate.staticfiles.HashedStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
    assert isinstance(names["b.js"], str)
    assert names["b.js"] != "b.js"
    assert names["b.js"] in (settings.STATIC_ROOT / names["a.js"]).read_text()
    assert names["b.js"] in (settings.STATIC_ROOT / names["css/a.css"]).read_text()
