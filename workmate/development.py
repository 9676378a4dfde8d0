"""Runs the whole product on one machine while developing: engines, web, worker and beat."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import honcho.environ

from workmate import engines
from workmate.engines import BASE_DIR, VAR_DIR
from workmate.engines.processes import die_with_caller, write_secret

HOST = "127.0.0.1"
PATIENCE_SECONDS = 120
PREPARED = VAR_DIR / "prepared.json"
# With one of these another database is used, or other passwords: then it is looked at each time.
OTHERWISE = ("DATABASE_URL", "DATABASE_URL_FILE", "DEMO_PASSWORD")


def main() -> int:
    """Start everything and wait until it ends; refused when the port is taken."""
    environment = _environment()
    port = int(environment["PORT"])
    if _is_taken(port):
        print(f"Port {port} is taken. Choose another one: PORT={port + 1} make run")
        return 1
    os.environ.update(environment)
    try:
        engines.ensure()
        sign_ins = _prepared_before()
        if sign_ins is None:
            prepared = subprocess.run(
                [sys.executable, "-m", "workmate.development", "prepare"],
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            if prepared.returncode:
                return prepared.returncode
            sign_ins = prepared.stdout.strip()
            _remember(sign_ins)
        return _run_processes(port, sign_ins)
    except engines.EngineError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        engines.stop()


def prepare() -> None:
    """Bring the database up to date and load the demo company once.

    A process of its own, so that Django does not stay in memory beside the servers. What the
    demo prints (its sign-ins) is shown by the caller at the very end.
    """
    import django
    from django.conf import settings
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workmate.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DEBUG:
        call_command("demo", once=True)


def _state() -> str:
    """Changes with every migration of the tree, and with the database cluster."""
    password = urlsplit(engines.addresses().get("DATABASE_URL", "")).password or ""
    digest = hashlib.sha256(password.encode())
    for path in sorted(BASE_DIR.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _prepared_before() -> str | None:
    """What the demo printed when this very database was prepared; None where it has to be.

    Finding out that there is nothing to do takes Django three seconds.
    """
    try:
        known = json.loads(PREPARED.read_text())
    except (OSError, ValueError):
        return None
    is_same = known.get("state") == _state() and not any(map(os.environ.get, OTHERWISE))
    return str(known["sign_ins"]) if is_same else None


def _remember(sign_ins: str) -> None:
    if not any(map(os.environ.get, OTHERWISE)):
        write_secret(PREPARED, json.dumps({"state": _state(), "sign_ins": sign_ins}))


def _environment() -> dict[str, str]:
    """The environment of all processes; `.env` gives what the environment does not say."""
    env_file = BASE_DIR / ".env"
    given = {**(honcho.environ.parse(env_file.read_text()) if env_file.exists() else {})}
    given.update(os.environ)
    # Folders with code: watching everything would include node_modules and the data.
    sources = sorted(path.parent.name for path in BASE_DIR.glob("*/apps.py"))
    port = given.get("PORT") or "8000"
    return {
        **given,
        "PORT": port,
        # Each process gets a PORT of its own from honcho; only the first is the web's.
        "SITE_URL": given.get("SITE_URL") or f"http://{HOST}:{port}",
        "WORKMATE_VAR": str(VAR_DIR),
        "PATH": f"{BASE_DIR / '.venv' / 'bin'}{os.pathsep}{given.get('PATH', os.defpath)}",
        "SOURCES": " ".join(sources),
        "UVICORN_RELOAD_DIRS": os.pathsep.join(sources),
        "PYTHONUNBUFFERED": "1",
    }


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _run_processes(port: int, sign_ins: str) -> int:
    """Run the Procfile; the death of one process, Ctrl-C or a kill ends all of them."""
    processes = subprocess.Popen(
        [sys.executable, "-m", "honcho", "start", "--port", str(port)],
        cwd=BASE_DIR,
        # Out of the terminal's reach: a closed window would kill honcho before its children.
        start_new_session=True,
        preexec_fn=die_with_caller(signal.SIGTERM),
    )
    asked: list[int] = []

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        processes.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    threading.Thread(target=_welcome, args=(port, sign_ins), daemon=True).start()
    status = processes.wait()
    return 0 if asked else status


def _welcome(port: int, sign_ins: str) -> None:
    """Say where to go, as soon as somebody who goes there sees a page."""
    address = f"http://{HOST}:{port}"
    # A proxy of the machine is not for its own loopback address.
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with browser.open(address, timeout=PATIENCE_SECONDS):
                break
        except urllib.error.HTTPError as error:
            print(f"\n{address} answers {error.code}; the log above says why.\n", flush=True)
            return
        except OSError:
            time.sleep(0.1)
    else:
        print(f"\n{address} has not answered yet; the log above may say why.\n", flush=True)
        return
    lines = ["", f"WorkmateOS is ready: {address}", *sign_ins.splitlines(), "Ctrl-C stops it.", ""]
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        prepare()
    else:
        sys.exit(main())
