"""Static files: single files of npm packages, fonts cut down, hashed names for production."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Warning
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class NpmStorage(FileSystemStorage):
    """Reads a file of node_modules under the name that settings.NPM_FILES gives it."""

    def path(self, name: str) -> str:
        """Where the file lies. Raises KeyError for a name that is not listed."""
        name = Path(name).as_posix()
        source = Path(settings.NODE_MODULES) / settings.NPM_FILES[name]
        letters = settings.FONT_LETTERS.get(name)
        return str(cut_down(source, name, letters) if letters else source)


def cut_down(source: Path, name: str, letters: str) -> Path:
    """A font with the letters of a CSS range alone, made where it is not there yet.

    It lies beside the packages, under a name that changes with the font and the letters. Raises
    FileNotFoundError where the font is not installed.
    """
    known = source.stat()
    made_of = f"{letters} {known.st_size} {known.st_mtime_ns}"
    stem = f"{Path(name).stem}.{sha256(made_of.encode()).hexdigest()[:12]}"
    target = Path(settings.NODE_MODULES) / ".cache" / "workmate" / f"{stem}{source.suffix}"
    if target.exists():
        return target
    # It is loaded for this once.
    from fontTools import subset

    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as folder:
        # Others may be at it as well: each makes one, and the last stays.
        own = Path(folder) / target.name
        options = ["--layout-features=*", "--flavor=woff2", f"--output-file={own}"]
        subset.main([str(source), f"--unicodes={letters}", *options])
        own.replace(target)
    return target


class NpmFinder(BaseFinder):
    """Finds the files listed in settings.NPM_FILES, and nothing else of node_modules."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = NpmStorage(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Warn of listed files that are not installed."""
        missing = [name for name in settings.NPM_FILES if not self._exists(name)]
        if not missing:
            return []
        return [
            Warning(
                f"Not installed: {', '.join(missing)}.",
                hint="Run `npm ci`.",
                id="workmate.W010",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's path on disk, or [] where the name is not listed or not installed."""
        if path not in settings.NPM_FILES or not self._exists(path):
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """All listed files that are installed."""
        for name in settings.NPM_FILES:
            if self._exists(name):
                yield name, self.storage

    def _exists(self, name: str) -> bool:
        return (Path(settings.NODE_MODULES) / settings.NPM_FILES[name]).is_file()


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashed names that never expire; the imports inside our ES modules are renamed too."""

    support_js_module_import_aggregation = True
    # Our modules alone: in those of others, comments and strings look like imports of files.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
