"""Bytes on their way between a client and Django, kept on the disk while the slower one waits."""

import asyncio
import os
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import Self

from anyio import to_thread
from django.conf import settings
from django.db import close_old_connections

from workmate.files import MadeFileResponse

CHUNK_BYTES = 64 * 1024
MEMORY_BYTES = 512 * 1024


class Spool:
    """Bytes of one request or answer: in memory while few, then in a file without a name."""

    def __init__(self) -> None:
        self.size = 0
        folder = settings.FILE_UPLOAD_TEMP_DIR
        self.file = SpooledTemporaryFile(MEMORY_BYTES, dir=folder)  # noqa: SIM115
        self.close = self.file.close

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.size += len(data)

    async def read(self) -> bytes:
        """The next chunk; the disk is read in a thread."""
        if self.size <= MEMORY_BYTES:
            return self.file.read()
        return await to_thread.run_sync(self.file.read, CHUNK_BYTES)

    async def receive(self, data: bytes) -> None:
        """Append a chunk; the disk is written in a thread."""
        if self.size + len(data) <= MEMORY_BYTES:
            self.write(data)
        else:
            await to_thread.run_sync(self.write, data)


class Growing:
    """A file that one thread writes while the loop reads what is there of it."""

    def __init__(self, made: MadeFileResponse, loop: asyncio.AbstractEventLoop) -> None:
        self.made, self.loop = made, loop
        self.file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0)  # noqa: SIM115
        self.grown = asyncio.Event()
        self.size = self.taken = 0
        self.is_whole = self.is_unwanted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.file.close()

    def make(self) -> None:
        """Write all of it, in a thread. Raises what the making raises."""
        try:
            close_old_connections()
            # A file that nobody waits for any more is not begun.
            for part in () if self.is_unwanted else self.made:
                self.file.write(part)
                self.size += len(part)
                self.loop.call_soon_threadsafe(self.grown.set)
                if self.is_unwanted:
                    break
        finally:
            self.is_whole = True
            self.loop.call_soon_threadsafe(self.grown.set)
            self.made.close()

    def abandon(self) -> None:
        """Nobody wants the rest."""
        self.is_unwanted = True

    async def next(self) -> bytes:
        """The next bytes, as soon as there are any; none at the end."""
        while self.taken == self.size and not self.is_whole:
            self.grown.clear()
            if self.taken == self.size and not self.is_whole:
                await self.grown.wait()
        count = min(CHUNK_BYTES, self.size - self.taken)
        data = await to_thread.run_sync(os.pread, self.file.fileno(), count, self.taken)
        self.taken += len(data)
        return data
