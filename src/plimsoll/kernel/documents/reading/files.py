"""A file of whatever kind as a text, or the reason why it can't be read. Pure."""

from __future__ import annotations

import io
import zipfile

from plimsoll.kernel.documents.reading.arranging import arrange
from plimsoll.kernel.documents.reading.lines import read_lines
from plimsoll.kernel.documents.reading.shapes import NotReadable, Text

KINDS = ("docx", "md", "txt")
MOST_CHARACTERS = 1_000_000
MOST_UNPACKED = 60_000_000  # bytes of a DOCX's parts together


def kind_of(name: str) -> str:
    """docx, md or txt by a file's name; raises `NotReadable`."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    found = {"docx": "docx", "md": "md", "markdown": "md", "txt": "txt", "text": "txt"}.get(ending)
    if found is None:
        raise NotReadable({"pdf": "pdf", "doc": "old_word"}.get(ending, "kind"))
    return found


def read_text(text: str, *, is_markdown: bool = False) -> Text:
    """Plain text or Markdown as a structure; raises `NotReadable`."""
    if not text.strip():
        raise NotReadable("empty")
    if len(text) > MOST_CHARACTERS:
        raise NotReadable("too_long")
    return arrange(read_lines(text, is_markdown=is_markdown))


def read_file(name: str, content: bytes) -> Text:
    """A file as a structure; raises `NotReadable`. What it is follows from its first bytes, then from its name."""
    if not content.strip():
        raise NotReadable("empty")
    if content.startswith(b"%PDF"):
        raise NotReadable("pdf")
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE container: an encrypted DOCX, or Word before 2007
        raise NotReadable("encrypted" if "EncryptedPackage".encode("utf-16-le") in content else "old_word")
    kind = kind_of(name)
    if kind == "docx":
        return _docx(content)
    if content.startswith(b"PK\x03\x04"):
        raise NotReadable("kind")
    return read_text(_decoded(content), is_markdown=kind == "md")


def _docx(content: bytes) -> Text:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise NotReadable("too_long")
            if any(part.flag_bits & 1 for part in parts.infolist()):
                raise NotReadable("encrypted")
    except zipfile.BadZipFile:
        raise NotReadable("broken") from None
    # Only where it is needed: the library costs every start a tenth of a second.
    from plimsoll.kernel.documents.reading.wordfile import read_docx  # noqa: PLC0415

    text = arrange(read_docx(content))
    if not any(piece.strip() for piece in text.said()):
        raise NotReadable("empty")
    return text


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise NotReadable("broken") from None
    if b"\x00" in content:
        raise NotReadable("binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # as older editors on Windows write


__all__ = ["KINDS", "NotReadable", "Text", "kind_of", "read_file", "read_text"]
