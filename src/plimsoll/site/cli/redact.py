"""`plimsoll redact`: erase texts of a record by order, in every place that holds them."""

import argparse
from typing import Any

from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Attachment, Comment
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.records.redaction import redact, words_held
from plimsoll.site.cli.house import CHANNEL, actor, add_organization
from plimsoll.site.cli.stop import Stop


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "redact",
        help="erase texts of a record",
        description="Erase fields, comments or files of a record everywhere: in the record, the trail's details, the search, the "
        "data folder. That it was done, by whom and why, stays. This can't be undone.",
    )
    parser.add_argument("record", help="its number, such as INC-1042")
    parser.add_argument("--field", action="append", default=[], metavar="NAME", help="a field, such as description; may be repeated")
    parser.add_argument("--comment", action="append", default=[], type=int, metavar="NUMBER", help="a comment; may be repeated")
    parser.add_argument("--words", action="append", default=[], metavar="KEY", help="words kept beside it, such as decision-12; may be repeated")
    parser.add_argument("--attachment", action="append", default=[], type=int, metavar="NUMBER", help="a file; may be repeated")
    parser.add_argument("--reason", required=True, help="on whose order and why; it stands in the trail")
    add_organization(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    by = actor(options)
    card = find_by_reference(by, options.record)
    if card is None:
        raise Stop(f"There is no record “{options.record}”.")
    record = type_named(card.kind).model.objects.get(pk=card.pk)
    comments, attachments = Comment.objects.filter(card=card, pk__in=options.comment), Attachment.objects.filter(card=card, pk__in=options.attachment)
    if len(comments) < len(set(options.comment)) or len(attachments) < len(set(options.attachment)):
        raise Stop(f"{card.reference} has no such comment or file.")
    held = [words.key for words in words_held(record)]
    if unknown := sorted(set(options.words) - set(held)):
        raise Stop(f"{card.reference} has no words “{unknown[0]}”. There are: {', '.join(held) or 'none'}.")
    redact(
        record,
        by=by,
        channel=CHANNEL,
        reason=options.reason,
        fields=options.field,
        comments=list(comments),
        attachments=list(attachments),
        words=options.words,
    )
    print(f"Erased from {card.reference}. ./plimsoll verify goes on to pass.")
