"""The papers say what is so: commands run, settings are listed, links lead somewhere."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.timezone import localdate

from employees.models import Employee
from employees.tests.factories import make_token
from workmate.tests.server import Server

ROOT = settings.BASE_DIR
PAPERS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
BASH_BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"        # (\S+)$", re.MULTILINE)
READERS = ["settings", "development", "bootstrap"]
READ = re.compile(
    r'(?:env\.\w+|secret|environ\.get|given\.get)\(\s*"([A-Z_]+)"|"([A-Z_]+)" (?:not )?in os\.'
)
# What every process has.
EVERYWHERE = {"PATH"}
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """The product at an address of its own."""
    running = Server()
    yield running
    running.stop()


def run(paper: str, server: Server, person: Employee, folder: Path) -> tuple[str, list[str]]:
    """Run all bash blocks of a paper in one shell; return them and the lines of their output."""
    script = "\n".join(BASH_BLOCK.findall((ROOT / paper).read_text()))
    environment = {
        "PATH": os.environ["PATH"],
        "WORKMATE": f"http://127.0.0.1:{server.port}",
        "TOKEN": make_token(person),
    }
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return script, ran.stdout.splitlines()


@needs_curl
def test_the_whole_job_of_the_api_paper_runs_and_answers_what_it_says(
    server: Server, admin: Employee, mailbox: list[Any], tmp_path: Path
) -> None:
    script, answers = run("docs/api.md", server, admin, tmp_path)
    said = [text.replace("<year>", str(localdate().year)) for text in SAID.findall(script)]
    assert answers == said
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
    assert [mail["To"] for mail in mailbox] == ["rechnung@foerde.example"]


@needs_curl
def test_the_requests_of_the_readme_run(server: Server, admin: Employee, tmp_path: Path) -> None:
    run("README.md", server, admin, tmp_path)
    assert "/api/customers" in (tmp_path / "schema.yaml").read_text()


def test_the_first_administrator_comes_about_as_the_admin_paper_says() -> None:
    (block,) = PYTHON_BLOCK.findall((ROOT / "docs" / "admin.md").read_text())
    exec(block, {})  # noqa: S102
    person = Employee.objects.by_password().get(email="ada@example.org")
    assert person.is_superuser


def test_every_setting_stands_in_the_readme_and_nothing_else() -> None:
    sources = [(ROOT / "workmate" / f"{name}.py").read_text() for name in READERS]
    read = {one or other for text in sources for one, other in READ.findall(text)} - EVERYWHERE
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert read - listed == set(), "read, and not in the table"
    known = "\n".join([*sources, (ROOT / ".env.example").read_text()])
    assert {name for name in listed if name not in known} == set(), "in the table, and not read"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", paper.read_text())
    gone = [
        target for target in targets if "://" not in target and not (paper.parent / target).exists()
    ]
    assert not gone


def test_what_production_pins_development_pins_alike() -> None:
    """`make` installs one file, the image the other; they are compiled by two commands."""

    def pins(name: str) -> set[str]:
        return set(
            re.findall(r"^[a-z0-9-]+(?:\[[^]]*\])?==\S+", (ROOT / name).read_text(), re.MULTILINE)
        )

    assert len(pins("requirements.txt")) > 50
    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()
