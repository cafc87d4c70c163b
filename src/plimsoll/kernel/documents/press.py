"""The press: typst in a process of its own. It reads one order as JSON, writes what was printed, and ends.

typst keeps what it laid out for the next time: in a server that prints a hundred documents these are hundreds of megabytes that never come back.
A process of its own costs 80 ms, gives all of it back, and can be stopped. It imports nothing of the house.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import typst

# What is tried in turn. The fonts that typst carries print every European language alike on every machine; letters beyond them are looked for among
# the machine's own; and where no font has them a document must still come out, if without the promise of the standards.
TRIES: tuple[dict[str, Any], ...] = (
    {"ignore_system_fonts": True, "pdf_standards": ["a-2a", "ua-1"]},
    {"ignore_system_fonts": False, "pdf_standards": ["a-2a", "ua-1"]},
    {"ignore_system_fonts": False},
)
LACKING = ("could not be displayed", "codepoint")  # what typst says of letters that it has no picture of


def files_of(order: dict[str, Any], data: object) -> Any:
    """What typst is given instead of files. Its types know of no such dictionaries."""
    return {"main": order["template"].encode(), "data.json": json.dumps(data, ensure_ascii=False).encode()}


def printed(order: dict[str, Any]) -> bytes:
    """The PDF, by the first way that succeeds."""
    files = files_of(order, order["data"])
    for number, how in enumerate(TRIES, 1):
        try:
            return bytes(typst.compile(files, format="pdf", **how))
        except typst.TypstError as error:
            if number == len(TRIES) or not any(said in str(error) for said in LACKING):
                raise
            sys.stderr.write(f"{error}\n")
    raise AssertionError("One of the tries returned or raised.")


def main() -> None:
    """One order: `want` is pdf, query (what `selector` has as `field`) or png (one for each of the `data`)."""
    order = json.load(sys.stdin.buffer)
    match order["want"]:
        case "pdf":
            made = printed(order)
        case "query":
            made = typst.query(files_of(order, order["data"]), order["selector"], field=order["field"], ignore_system_fonts=True).encode()
        case _:
            how: dict[str, Any] = {"format": "png", "ppi": order["ppi"], "ignore_system_fonts": True}
            pictures = [bytes(typst.compile(files_of(order, data), **how)) for data in order["data"]]
            made = json.dumps([base64.b64encode(picture).decode() for picture in pictures]).encode()
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    try:
        main()
    except typst.TypstError as error:
        sys.exit(f"{error}\n{error.diagnostic}")
