"""Templates and scripts: what the content security policy and the house forbid."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = settings.BASE_DIR / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = sorted((settings.BASE_DIR / "static/js").rglob("*.js"))
FORBIDDEN = {
    "inline style": r"\sstyle\s*=",
    "style element": r"<style",
    "inline script": r"<script(?![^>]*\bsrc=)",
    "handler in an attribute": r"\son[a-z]+\s*=",
    "htmx code": r"\bhx-on|\bjs:",
    "foreign address": r"(?:src|href)=\"(?:https?:)?//",
}


def name_of(path):
    return path.relative_to(settings.BASE_DIR).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_template_compiles_and_holds_nothing_inline(path):
    get_template(path.relative_to(TEMPLATES).as_posix())
    if path.name.endswith("_pdf.html") or "email" in path.parts:
        return
    text = path.read_text()
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)]
    assert not found


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_is_small_and_writes_no_code(path):
    text = path.read_text()
    assert text.count("\n") < 150
    assert not re.search(r"\beval\(|new Function|\.style\b|setAttribute\(\"style\"", text)
