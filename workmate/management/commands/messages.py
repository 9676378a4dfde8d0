"""Collect all texts into the German catalogue, without the noise of line numbers."""

import re
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.test.utils import override_settings

CATALOGUE = Path("locale/de/LC_MESSAGES/django.po")
IGNORED = ["node_modules", "var", ".*", "tests", "static", "benchmarks", "docs"]
MSGID = re.compile(r'^msgid ((?:".*"\n?)+)', re.MULTILINE)


def collect(root: Path) -> Path:
    """Bring the catalogue of that source tree up to date with its texts; returns it."""
    with chdir(root), override_settings(LOCALE_PATHS=[root / "locale"]):
        call_command(
            "makemessages",
            locale=["de"],
            no_location=True,
            no_obsolete=True,
            ignore_patterns=IGNORED,
            extensions=["html", "txt", "css", "py"],
            verbosity=0,
        )
    return root / CATALOGUE


def texts_of(catalogue: Path) -> set[str]:
    """All msgids of a catalogue."""
    found = MSGID.findall(catalogue.read_text())
    return {"".join(re.findall(r'"(.*)"', text)) for text in found} - {""}


def missing_texts() -> list[str]:
    """Texts of the source that the committed catalogue lacks."""
    with tempfile.TemporaryDirectory() as folder:
        # A copy, because makemessages writes into the `locale` beside the source, whatever is set.
        copy = Path(folder).resolve() / "source"
        shutil.copytree(
            settings.BASE_DIR, copy, ignore=shutil.ignore_patterns(*IGNORED, "locale", "*.pyc")
        )
        (copy / "locale").mkdir()
        source = texts_of(collect(copy))
    if not source:
        raise RuntimeError("No text was found at all: makemessages did not do its work.")
    return sorted(source - texts_of(settings.BASE_DIR / CATALOGUE))


class Command(BaseCommand):
    """`manage.py messages`: collect, then translate what is new in locale/de."""

    help = "Collects all texts into locale/de/LC_MESSAGES/django.po."

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect, and say how many texts there are."""
        count = len(texts_of(collect(settings.BASE_DIR)))
        self.stdout.write(f"{count} texts in {CATALOGUE}")
