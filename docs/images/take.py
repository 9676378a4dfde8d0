"""Takes the pictures of this folder from a running demo: `take.py ADDRESS E-MAIL PASSWORD`.

`make run` prints address and sign-ins. Needs the packages of `make setup` and a Chromium.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
COLOURS = 200
LISTS = {
    "dashboard": "/",
    "time": "/time-entries/?status=submitted",
    "expenses": "/expenses/",
    "documents": "/documents/",
    "reminders": "/reminders/",
    "employees": "/employees/",
    "system": "/system/",
}
# A list, and the link on it that is followed.
FIRST_OF = {
    "invoice": ("/invoices/?status=partial", "tbody a.open"),
    "project": ("/projects/?status=active", "tbody a.open"),
    "chat": ("/chat/", "main a[href^='/chat/']"),
}


def sign_in(page: Page, email: str, password: str) -> None:
    """By the form, then in German and in the default colours."""
    page.goto("/login/")
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.locator("[popovertarget=me]").click()
    page.locator("#me [name=language][value=de]").click()
    page.locator("[popovertarget=me]").click()
    with page.expect_response("**/profile/look/"):
        page.locator("#me [name=theme][value=frappe]").click()


def take(page: Page, name: str) -> None:
    """A picture of what is in the window, in few colours and few bytes."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


def main(address: str, email: str, password: str) -> None:
    """The start page, lists of the modules, and one page each of what they list."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless=new", "--no-sandbox"]
        )
        size = {"width": 1280, "height": 800}
        page = browser.new_page(base_url=address, locale="de-DE", viewport=size)
        sign_in(page, email, password)
        for name, address in LISTS.items():
            page.goto(address)
            take(page, name)
        for name, (address, link) in FIRST_OF.items():
            page.goto(address)
            page.locator(link).first.click()
            page.wait_for_url("**/*-*-*-*/")
            take(page, name)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
