"""Collect all texts into the German catalogue, without the noise of line numbers."""

import re
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.test.utils import override_settings

CATALOGUE = Path("de/LC_MESSAGES/django.po")
IGNORED = ["node_modules", "var", ".venv", "tests", "static", "benchmarks", "docs"]
MSGID = re.compile(r'^msgid ((?:".*"\n?)+)', re.MULTILINE)


def collect(locale_path: Path) -> Path:
    """Bring the catalogue in that folder up to date with the source; returns it."""
    own = settings.BASE_DIR / "locale"
    with chdir(settings.BASE_DIR), override_settings(LOCALE_PATHS=[locale_path]):
        call_command(
            "makemessages",
            locale=["de"],
            no_location=True,
            no_obsolete=True,
            ignore_patterns=[*IGNORED, *([] if locale_path == own else ["locale"])],
            extensions=["html", "txt", "py"],
            verbosity=0,
        )
    return locale_path / CATALOGUE


def texts_of(catalogue: Path) -> set[str]:
    """All msgids of a catalogue."""
    if not catalogue.exists():
        return set()
    found = MSGID.findall(catalogue.read_text())
    return {"".join(re.findall(r'"(.*)"', text)) for text in found} - {""}


def missing_texts() -> list[str]:
    """Texts of the source that the committed catalogue lacks."""
    with tempfile.TemporaryDirectory() as folder:
        source = texts_of(collect(Path(folder).resolve()))
    return sorted(source - texts_of(settings.BASE_DIR / "locale" / CATALOGUE))


class Command(BaseCommand):
    """`manage.py messages`: collect, then translate what is new in locale/de."""

    help = "Collects all texts into locale/de/LC_MESSAGES/django.po."

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect, and say how many texts there are."""
        path = settings.BASE_DIR / "locale"
        path.mkdir(exist_ok=True)
        self.stdout.write(f"{len(texts_of(collect(path)))} texts in {path / CATALOGUE}")
