"""A bucket of S3 as the storage of all files, in bounded memory both ways."""

from threading import Lock
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

LOCK = Lock()
MEMORY_BYTES = 512 * 1024
# No file is as large: each goes up in one request, read from its temporary file bit by bit.
# In parts of 8 MB, ten at a time, each upload would hold 80 MB.
MULTIPART_BYTES = 1024 * 1024 * 1024


class Bucket(S3Storage):
    """Files in a bucket. What is opened is copied to a temporary file, not into memory."""

    def __init__(self, **options: Any) -> None:
        plain = TransferConfig(multipart_threshold=MULTIPART_BYTES, use_threads=False)
        given = {"transfer_config": plain, "max_memory_size": MEMORY_BYTES, **options}
        self._shared: Any = None
        super().__init__(**given)

    @property
    def connection(self) -> Any:
        """One for all threads: each of its own would hold 15 MB of descriptions of S3."""
        with LOCK:
            if self._shared is None:
                self._shared = super().connection
        return self._shared

    def __getstate__(self) -> Any:
        """Without the connection, as storages are copied."""
        return {**super().__getstate__(), "_shared": None}

    def size_and_tag(self, name: str) -> tuple[int, str]:
        """How large a file is, and the mark that changes with its bytes. FileNotFoundError."""
        stored = self.bucket.Object(self._normalize_name(clean_name(name)))
        try:
            return stored.content_length, stored.e_tag
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise

    def read_range(self, name: str, first: int, last: int) -> bytes:
        """The bytes of a file from first to last, both included: S3 sends no others."""
        stored = self.bucket.Object(self._normalize_name(clean_name(name)))
        body = stored.get(Range=f"bytes={first}-{last}")["Body"]
        try:
            content: bytes = body.read()
        finally:
            body.close()
        return content
