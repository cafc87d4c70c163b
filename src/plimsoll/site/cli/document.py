"""`plimsoll document`: a document as a file, as the pages give it."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.db.models import Q

from plimsoll.kernel.documents.blocks import from_json
from plimsoll.kernel.documents.claiming import ClaimStanding, claims_in_force, claims_of
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.odt import NotConverted
from plimsoll.kernel.documents.queries import draft_as_printed, version_in_force
from plimsoll.kernel.figures.claims import CONTRADICTED
from plimsoll.kernel.identity.models import Person
from plimsoll.site.cli.house import actor, add_json, add_organization, print_json
from plimsoll.site.cli.stop import Stop
from plimsoll.support.documented_information.queries import TYPES, file_of


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "document",
        help="write a document to a file",
        description="The version in force, another, or the draft, as PDF, DOCX, ODT (where LibreOffice is installed) or Markdown. "
        "Named by template (sms-plan), code or number (DOC-3).",
    )
    parser.add_argument("document", help="a template's name, a code, or a number such as DOC-3")
    parser.add_argument("--format", choices=tuple(TYPES), default="pdf", help="default: pdf")
    parser.add_argument("--version", default="", metavar="NUMBER", help="such as 1.0, or draft; default: what is in force, else the draft")
    parser.add_argument("--claims", action="store_true", help="write no file; say how each claim of the version stands now, by which records")
    add_json(parser)
    parser.add_argument("--out", type=Path, help="the file to write; without it to standard output")
    add_organization(parser)
    parser.set_defaults(run=run)


def document_of(word: str, person: Person) -> Document:
    """The document that a word names. Raises `Stop` with a sentence."""
    wanted = word.strip()
    digits = wanted.upper().removeprefix("DOC-")
    named = Q(template=wanted.casefold()) | Q(code=wanted) | (Q(number=int(digits)) if digits.isdecimal() and len(digits) < 10 else Q())
    rows = Document.objects.visible_to(person).filter(named).select_related("tenant").order_by("-edition", "number")
    found = rows.first() if wanted else None
    if found is None:
        raise Stop(f"There is no document “{wanted}”. Name it by its template, its code or its number; the page of documents lists all.")
    return found


def run(options: argparse.Namespace) -> int:
    document = document_of(options.document, actor(options))
    version = document.versions.filter(number=options.version).first() if options.version else version_in_force(document)
    if options.version not in ("", "draft") and version is None:
        known = ", ".join(document.versions.order_by("pk").values_list("number", flat=True)) or "none yet"
        raise Stop(f"{document.reference} has no version {options.version}. There are: {known}.")
    if options.claims:
        return _tell(claims_in_force(version) if version is not None else claims_of(document), as_json=options.json)
    if version is not None:
        printed = from_json(version.printed)
    else:
        drafted, _standings, fault = draft_as_printed(document)
        if drafted is None:
            assert fault is not None
            raise Stop(f"{document.reference} can't be printed: line {fault.line}: {fault.sentence}")
        printed = drafted
    try:
        content = file_of(printed, options.format)
    except NotConverted as error:
        raise Stop(f"{error} DOCX is made without it.") from None
    if options.out is None:
        sys.stdout.buffer.write(content)
        return 0
    try:
        options.out.write_bytes(content)
    except OSError as error:
        raise Stop(f"{options.out} could not be written: {error.strerror}.") from None
    print(f"{document.reference} {printed.title}, {printed.version}: {options.out}, {len(content):,} bytes.", file=sys.stderr)
    return 0


def _tell(found: list[ClaimStanding], *, as_json: bool) -> int:
    """How claims stand; 1 when records contradict one."""
    if as_json:
        print_json({"claims": [one.as_json() for one in found]})
    for one in [] if as_json else found:
        print(f"{one.standing_words}: {one.words} ({one.counted})")
        for offender in one.offenders:
            print(f"  {offender.source.label}: {offender.why}")
    return int(any(one.standing == CONTRADICTED for one in found))
