"""What a page weighs on a cold cache: at most 150 kB over the wire."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from conftest import ClientOf
from crm.tests.factories import make_customer
from employees.models import Employee
from workmate.tests.test_pages import PAGES

pytestmark = pytest.mark.django_db
MOST = 150_000
# A print sheet and an icon for a phone's home screen are fetched where they are needed.
LINKED = re.compile(r'<(?:link|script)[^>]*?(?:href|src)="/static/([^"]+)"[^>]*>')
LATER = ('media="print"', "apple-touch-icon")
IMPORTED = re.compile(r'(?:from|import)\s*\(?\s*"\./([^"]+)"')
PACKED = {".woff2", ".png", ".jpg"}
# Asked for by the style sheet, where a name is written with letters of our neighbours.
NEIGHBOURS = "vendor/inter-latin-a.woff2"


def weight_of(name: str) -> int:
    """The bytes of a static file as they travel."""
    data = Path(str(finders.find(name))).read_bytes()
    return len(data if Path(name).suffix in PACKED else gzip.compress(data, 6))


def parts_of(html: str) -> set[str]:
    """The static files that a page asks for, with what their modules import."""
    found = {
        match[1] for match in LINKED.finditer(html) if not any(later in match[0] for later in LATER)
    }
    waiting = [name for name in found if name.endswith(".js")]
    while waiting:
        name = waiting.pop()
        source = Path(str(finders.find(name))).read_text()
        for other in IMPORTED.findall(source):
            imported = f"{name.rpartition('/')[0]}/{other}"
            if imported not in found:
                found.add(imported)
                waiting.append(imported)
    return found


URLS = ["/", *(pages.url("list") for pages in PAGES), "/invoices/new/", "/search/", "/week/"]


def test_every_page_is_light(admin: Employee, client_of: ClientOf) -> None:
    for _number in range(25):
        make_customer()
    client, heavy = client_of(admin), {}
    for url in URLS:
        page = client.get(url)
        assert page.status_code == 200, url
        parts = parts_of(page.content.decode())
        assert {"css/tokens.css", "vendor/htmx.js", "vendor/inter-latin.woff2"} <= parts
        sizes = {name: weight_of(name) for name in [*parts, NEIGHBOURS]}
        sizes["the page itself"] = len(gzip.compress(page.content, 6))
        if sum(sizes.values()) > MOST:
            heavy[url] = sizes
    assert not heavy
