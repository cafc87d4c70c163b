"""`plimsoll lint`: what is wrong with the text of a document, ours or a file; 1 when something serious is found."""

import argparse
from pathlib import Path
from typing import Any

from plimsoll.kernel.documents.reading.files import NotReadable, read_file
from plimsoll.site.cli.document import document_of
from plimsoll.site.cli.house import actor, add_json, add_organization, print_json
from plimsoll.site.cli.stop import Stop
from plimsoll.support.intake.linting.looking import lint_document, lint_text
from plimsoll.support.intake.operations import why_not_readable
from plimsoll.support.intake.telling import finding_lines


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "lint",
        help="judge the text of a plan or policy",
        description="Judge the text of a document of ours with the records that fill it, or of a file (DOCX, Markdown, plain text). "
        "Ends with 1 when something serious is found.",
    )
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    document = kinds.add_parser("document", help="a document of ours")
    document.add_argument("document", help="a template's name, a code, or a number such as DOC-3")
    add_json(document)
    add_organization(document)
    document.set_defaults(run=run_document)
    file = kinds.add_parser("file", help="a file")
    file.add_argument("file", type=Path)
    add_json(file)
    file.set_defaults(run=run_file)


def run_document(options: argparse.Namespace) -> int:
    found = lint_document(document_of(options.document, actor(options)))
    return _tell(found, options)


def run_file(options: argparse.Namespace) -> int:
    return _tell(lint_text(read_path(options.file)), options)


def read_path(path: Path) -> Any:
    """A file as a text; raises `Stop` with a sentence."""
    try:
        return read_file(path.name, path.read_bytes())
    except OSError as error:
        raise Stop(f"{path} can't be read: {error.strerror}.") from None
    except NotReadable as error:
        raise Stop(why_not_readable(error.key)) from None


def _tell(found: Any, options: argparse.Namespace) -> int:
    serious = sum(f.is_serious for f in found)
    if options.json:
        print_json({"serious": serious, "findings": [f.as_json() for f in found]})
    else:
        for line in finding_lines(found):
            print(line)
        print(f"{len(found)} found, {serious} of them serious." if found else "Nothing found.")
    return 1 if serious else 0


__all__ = ["read_path", "register"]
