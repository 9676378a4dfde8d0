"""Where files lie: a folder of this machine or a bucket, by one setting."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def file_storage(url: str) -> dict[str, Any]:
    """The storage of all files: empty for the folder MEDIA_ROOT, or a bucket.

    `s3://KEY:SECRET@HOST:PORT/BUCKET?region=eu-central-1&tls=false`; without a host, Amazon's.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts, options = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    if parts.scheme != "s3" or not parts.path.strip("/"):
        raise ImproperlyConfigured("STORAGE_URL: s3://KEY:SECRET@HOST:PORT/BUCKET is expected")
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    scheme = "http" if options.get("tls") == "false" else "https"
    found = {
        "bucket_name": parts.path.strip("/"),
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "endpoint_url": f"{scheme}://{host}" if host else None,
        "region_name": options.get("region"),
        "addressing_style": "path" if host else None,
        # Names are drawn and never taken again; nothing is reachable without the app.
        "file_overwrite": False,
        "default_acl": None,
    }
    given = {name: value for name, value in found.items() if value is not None}
    return {"BACKEND": "workmate.bucket.Bucket", "OPTIONS": given}
