"""What goes along with a document: out, in again where it can, and redacted with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.documents.distributing import add_line
from plimsoll.kernel.documents.keeping import take_in_legacy
from plimsoll.kernel.documents.models import Document, Remark
from plimsoll.kernel.documents.operations import fill
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.documents.remarking import answer_remark, ask_to_review, excerpts, remark
from plimsoll.kernel.documents.tests.test_life import approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.exchange.exporting import exported
from plimsoll.kernel.exchange.own import import_own
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.redaction import REPLACEMENT, redact, words_held
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.trail.models import Detail
from plimsoll.kernel.trail.verify import verify
from tests.cast import House

Roles = dict[str, Role]


def reviewed(house: House, roles: Roles) -> Document:  # noqa: F811
    """A second draft with a remark, an answer, a round, readers, words in a field, and a version from before."""
    document = approved(house, roles)
    add_line(document, "scope", by=house.ruth, channel="page")
    old = {"number": "2019", "approved_by": "The old board", "description": "As it was", "name": "old.txt", "content": b"Old words"}
    take_in_legacy(document, **old, approved_on=now().date() - timedelta(days=900), by=house.ruth, channel="page")  # type: ignore[arg-type]
    document = move(document, "revise", by=house.ruth, channel="page")
    fill(document, "organization.name", text="Our secret name", reason="It is secret.", by=house.ruth, channel="page")
    anchor = next(iter(excerpts(document)))
    made = remark(document, anchor, text="Mr Grey said this wrongly.", by=house.ruth, channel="page")
    answer_remark(made, text="Mr Grey was right.", by=house.ruth, channel="page")
    ask_to_review(document, [house.fresh(house.ruth)], until=now().date() + timedelta(days=3), by=house.ruth, channel="page")
    return Document.objects.get(pk=document.pk)


@pytest.mark.django_db
def test_all_that_stands_around_a_document_goes_out_and_what_can_comes_in_again(house: House, roles: Roles, tmp_path) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    from tests.test_round_trip import emptied, lines_of, written_out  # noqa: PLC0415 (it imports the whole house)

    reviewed(house, roles)
    (told,) = exported(DOCUMENT, by=house.ruth, with_history=True)
    more = told["more"]
    assert {"fillings", "remarks", "rounds", "audience", "versions", "legacy"} <= set(more)
    assert (more["remarks"][0]["text"], more["remarks"][0]["answer"]) == ("Mr Grey said this wrongly.", "Mr Grey was right.")
    assert more["versions"][0]["digest"]
    assert more["versions"][0]["readers"]
    lines, file = lines_of(DOCUMENT, house.ruth), written_out(DOCUMENT, house, tmp_path)
    other = emptied(house)
    report = import_own(file, kind="document", by=other)
    assert report.created == 1, report.shown
    again = Document.objects.get(tenant=other.tenant)
    assert again.remarks.get().answer == "Mr Grey was right."
    assert again.rounds.get().reviewers.count() == 1
    assert again.fillings.get().text == "Our secret name"
    assert not again.versions.exists(), "nobody approves by a file"
    assert len(again.imported["more"]["versions"]) == 1
    assert len(lines) == 1
    assert verify().faults == []


@pytest.mark.django_db
def test_redaction_reaches_into_remarks_their_answers_words_in_fields_and_versions_that_are_over(house: House, roles: Roles) -> None:  # noqa: F811
    document = reviewed(house, roles)
    amend(document, by=house.ruth, channel="page", change_description="Says more.")
    document = move(
        move(Document.objects.get(pk=document.pk), "submit", by=house.ruth, channel="page"), "approve", by=house.fresh(house.greta), channel="page"
    )
    held = {w.key.split("-")[0]: w for w in words_held(document)}
    assert {"remark", "answer", "excerpt", "filling", "version", "legacy"} <= set(held)
    keys = [w.key for w in words_held(document) if w.key.split("-")[0] in ("remark", "answer", "version", "filling", "legacy")]
    redact(document, by=house.ruth, channel="page", reason="On the order of Mr Grey.", words=keys)
    row = Remark.objects.get(document=document)
    assert (row.text, row.answer) == (REPLACEMENT, REPLACEMENT)
    gone = document.versions.get(number="1.0")
    assert (gone.source, gone.printed, bool(gone.digest)) == ("", {}, True)
    assert document.versions.get(number="2.0").source, "what is in force is not taken away"
    assert not any("Mr Grey" in str(d.values) for d in Detail.objects.filter(entry__card=document.pk) if "On the order" not in str(d.values))
    assert verify().faults == []
