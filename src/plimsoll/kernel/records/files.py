"""Where attachments lie: under their digest, outside the database. Nothing is ever believed of what the sender says of a file."""

import hashlib
import os
import unicodedata
from pathlib import Path, PurePosixPath

from django.conf import settings

# The first bytes of what people send; everything else is text when it reads as UTF-8, or unknown bytes.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf'\x1c", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


def most_bytes() -> int:
    """The size limit of one file, in bytes."""
    return int(settings.PLIMSOLL_ATTACHMENT_BYTES)


def path_of(digest: str) -> Path:
    """Where the content of a digest lies."""
    return Path(settings.PLIMSOLL_FILES) / digest[:2] / digest


def store(content: bytes) -> str:
    """Keep the bytes under their SHA-256; the same bytes are kept once. Written beside and renamed, so that no half file is ever there."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{digest}.{os.getpid()}.part")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    return digest


def read(digest: str) -> bytes:
    """The bytes of a digest. Raises FileNotFoundError, or ValueError when they are no longer those bytes."""
    content = path_of(digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"The file {digest} was changed in the store.")
    return content


def sniff(content: bytes) -> str:
    """The content type by the bytes themselves."""
    for start, name in _SIGNATURES:
        if content.startswith(start):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    try:
        text = content[:65536].decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        if error.start < 65530:  # a character cut at the end of the sample is no fault
            return "application/octet-stream"
        text = content[: error.start].decode("utf-8")
    return "application/octet-stream" if "\x00" in text else "text/plain"


def clean_name(name: str) -> str:
    """A file name without folders and control characters, at most 200 characters, never empty."""
    base = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in base if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*').strip(" .")
    return kept[-200:] or "file"
