"""What a reader of a PDF gets when they select and copy: the text of its pages, by the tables that its fonts carry."""

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_TOKEN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n")
_ESCAPE = re.compile(rb"\\([0-7]{3}|\r?\n|.)", re.DOTALL)
_CODES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _stream(held: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*)\r?\nendstream", held, re.DOTALL)
    return zlib.decompress(found[1]) if found else b""


def _string(held: bytes) -> bytes:
    def said(found: re.Match[bytes]) -> bytes:
        code = found[1]
        return bytes([int(code, 8)]) if len(code) == 3 else _CODES.get(code, code.strip(b"\r\n"))

    return _ESCAPE.sub(said, held)


def _letters(cmap: bytes) -> dict[bytes, str]:
    return {bytes.fromhex(a.decode()): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in _PAIR.findall(cmap)}


def _shown(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each string that is shown, with the name of its font. Brackets may nest in a string."""
    font = b""
    at = 0
    while found := _TOKEN.search(content, at):
        at = found.end()
        if found[1]:
            font = found[1]
            continue
        depth, start = 1, at
        while depth:
            letter = content[at : at + 1]
            at += 2 if letter == b"\\" else 1
            depth += {b"(": 1, b")": -1}.get(letter, 0)
        if font:
            yield font, _string(content[start : at - 1])


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, without blanks: how far apart letters stand is geometry."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
    fonts = {}
    pages = []
    for held in objects.values():
        if not (page := re.search(rb"/Type/Page/Resources (\d+) 0 R.*?/Contents (\d+) 0 R", held, re.DOTALL)):
            continue
        named = dict(re.findall(rb"/(f\d+) (\d+) 0 R", objects[int(page[1])]))
        for number in named.values():
            if number not in fonts:
                fonts[number] = _letters(_stream(objects[int(re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])[1])]))
        text = []
        for name, codes in _shown(_stream(objects[int(page[2])])):
            letters = fonts.get(named.get(name, b""), {})
            text += [letters.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
        pages.append("".join("".join(text).replace("\u200b", "").replace("\u00ad", "").split()))
    return pages


def text_on(pdf: bytes) -> str:
    """All pages together."""
    return "".join(pages_of(pdf))
