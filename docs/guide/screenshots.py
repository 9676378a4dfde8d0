"""`make screenshots`: every picture of the guide and the README, from a demo company of its own.

It starts the product on throw-away data, signs in as an administrator, and takes each page in
German and in English. With names it takes those alone: `make screenshots ARGS="week invoice"`.
Needs a Chromium.
"""

import io
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from workmate.bootstrap import browser_path

FOLDER = Path(__file__).parent / "images"
README = FOLDER.parent.parent / "images"
ROOT = FOLDER.parent.parent.parent
COLOURS, PATIENCE_SECONDS = 200, 240
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
ROW = "tbody a.open"


@dataclass(frozen=True)
class Picture:
    """A page, links on it that are followed one after the other, keys that are pressed at last."""

    name: str
    path: str
    follow: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    size: dict[str, int] = field(default_factory=lambda: DESKTOP)
    theme: str = "frappe"


PICTURES = [
    Picture("dashboard", "/"),
    Picture("palette", "/customers/", keys=("Control+k", "neue")),
    Picture("list", "/customers/?status=active"),
    Picture("customer", "/customers/?status=active", (ROW,)),
    Picture("pipeline", "/customers/pipeline/"),
    Picture("project", "/projects/?status=active", (ROW,)),
    Picture("week", "/week/"),
    Picture("time", "/time-entries/?status=submitted"),
    Picture("approvals", "/approvals/?kind=time"),
    Picture("team-hours", "/hours/"),
    Picture("invoice-editor", "/invoices/?status=draft", (ROW, "main a[href$='/edit/']")),
    Picture("invoice", "/invoices/?status=partial", (ROW,)),
    Picture("invoices", "/invoices/", theme="latte"),
    Picture("payments", "/payments/board/"),
    Picture("expenses", "/expenses/"),
    Picture("expense-new-phone", "/expenses/new/", size=PHONE),
    Picture("documents", "/documents/"),
    Picture("document", "/documents/", (ROW,)),
    Picture("reminders", "/reminders/"),
    Picture("notifications", "/notifications/"),
    Picture("chat", "/chat/", ("main a[href^='/chat/']",)),
    Picture("employees", "/employees/"),
    Picture("org-chart", "/employees/org-chart/"),
    Picture("role", "/roles/", (ROW,)),
    Picture("import", "/imports/new/"),
    Picture("company", "/company/"),
    Picture("system", "/system/"),
    Picture("settings", "/profile/settings/"),
    Picture("dashboard-phone", "/", size=PHONE),
    Picture("week-phone", "/week/", size=PHONE, theme="latte"),
]
# The README shows German pages.
IN_README = ("dashboard", "invoice")


def main(names: list[str]) -> int:
    """Take all pictures, or those that are named."""
    unknown = set(names) - {picture.name for picture in PICTURES}
    if unknown:
        print(f"No such picture: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    chromium = browser_path()
    if chromium is None:
        print("Pictures need a Chromium.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with product() as (address, sign_in), sync_playwright() as playwright:
        flags = ["--headless=new", "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for language in ("de", "en"):
            (FOLDER / language).mkdir(parents=True, exist_ok=True)
            for size in (DESKTOP, PHONE):
                page = signed_in(browser, address, sign_in, language, size)
                for picture in wanted:
                    if picture.size is size:
                        take(page, picture, language)
                page.context.close()
        browser.close()
    return 0


@contextmanager
def product() -> Iterator[tuple[str, tuple[str, str]]]:
    """The running product: its address, and an administrator's e-mail and password."""
    from workmate.engines.processes import free_port

    password, port = secrets.token_urlsafe(9), free_port(0)
    with tempfile.TemporaryDirectory(prefix="workmate-pictures-") as folder:
        log = Path(folder) / "run.log"
        environment = {
            **os.environ,
            "WORKMATE_VAR": folder,
            "PORT": str(port),
            "DEMO_PASSWORD": password,
        }
        with log.open("wb") as output:
            running = subprocess.Popen(
                [sys.executable, "-m", "workmate.development"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            email = ready(running, port, log)
            yield f"http://127.0.0.1:{port}", (email, password)
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(30)


def ready(running: "subprocess.Popen[bytes]", port: int, log: Path) -> str:
    """The administrator's e-mail, once the product answers. Raises RuntimeError."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and running.poll() is None:
        found = re.search(r"Admin +(\S+@\S+)", text := log.read_text(errors="replace"))
        if found and "is ready" in text and answers(port):
            return found[1]
        time.sleep(0.5)
    raise RuntimeError(f"The product does not start:\n{log.read_text(errors='replace')[-2000:]}")


def answers(port: int) -> bool:
    """Whether the sign-in page comes."""
    try:
        urlopen(f"http://127.0.0.1:{port}/login/", timeout=5).close()  # noqa: S310
    except (URLError, OSError):
        return False
    return True


def signed_in(
    browser: Browser,
    address: str,
    sign_in: tuple[str, str],
    language: str,
    size: dict[str, int],
) -> Page:
    """A page of that person, in that language."""
    context = browser.new_context(base_url=address, locale=language, viewport=size)
    page = context.new_page()
    page.goto("/login/")
    page.locator("#id_username").fill(sign_in[0])
    page.locator("#id_password").fill(sign_in[1])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.locator("[popovertarget=me]").click()
    page.locator(f"#me [name=language][value={language}]").click()
    page.wait_for_load_state("networkidle")
    return page


def take(page: Page, picture: Picture, language: str) -> None:
    """A picture of what is in the window, in few colours and few bytes."""
    look(page, picture.theme)
    answer = page.goto(picture.path)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{picture.name}: {picture.path} does not open.")
    for link in picture.follow:
        page.goto(str(page.locator(link).first.get_attribute("href")))
    for key in picture.keys:
        if "+" in key:
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    small = shot.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / language / f"{picture.name}.png", optimize=True)
    if language == "de" and picture.name in IN_README:
        small.save(README / f"{picture.name}.png", optimize=True)
    print(f"{language}/{picture.name}", flush=True)


def look(page: Page, theme: str) -> None:
    """In these colours, where it is not."""
    if page.locator("html").get_attribute("data-theme") == theme:
        return
    page.locator("[popovertarget=me]").click()
    with page.expect_response("**/profile/look/"):
        page.locator(f"#me [name=theme][value={theme}]").click()
    page.keyboard.press("Escape")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
