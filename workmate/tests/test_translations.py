"""Two languages, complete; and a database that is what the models say."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from workmate.management.commands.messages import missing_texts

CATALOGUE = settings.BASE_DIR / "locale" / "de" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(r"(?P<head>(?:^#.*\n)*)^msgid (?P<body>(?:.*\n)*?)(?=\n|\Z)", re.MULTILINE)


def entries() -> list[tuple[str, str]]:
    """Comment block and body of each entry that is in use."""
    text = CATALOGUE.read_text()
    return [
        (match["head"], match["body"])
        for match in ENTRY.finditer(text)
        if not match["body"].startswith('""\nmsgstr ""\n"Project-Id')
    ]


def test_every_text_is_in_the_german_catalogue() -> None:
    assert missing_texts() == []


def test_no_entry_is_untranslated_or_fuzzy() -> None:
    wrong = []
    for head, body in entries():
        strings = re.findall(r'^msgstr(?:\[\d\])? (".*"(?:\n".*")*)', body, re.MULTILINE)
        texts = ["".join(re.findall(r'"(.*)"', string)) for string in strings]
        if ", fuzzy" in head or not texts or not all(texts):
            wrong.append(body.splitlines()[0])
    assert not wrong


def test_placeholders_survive_translation() -> None:
    wrong = []
    for _head, body in entries():
        names = [
            set(re.findall(r"%\((\w+)\)", part)) for part in re.split(r"^msgstr", body, flags=re.M)
        ]
        source, *translated = names
        if any(found - source for found in translated):
            wrong.append(body.splitlines()[0])
    assert not wrong


def test_no_migration_is_missing() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, verbosity=1)
    except SystemExit:
        pytest.fail(out.getvalue())
