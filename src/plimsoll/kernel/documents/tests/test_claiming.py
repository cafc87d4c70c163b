"""Claims in documents: written as links, judged by rooms, frozen by the approval, drifting when records contradict them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from plimsoll.kernel.documents import claiming, drifting
from plimsoll.kernel.documents.blocks import from_json as printed_from_json
from plimsoll.kernel.documents.html import as_html
from plimsoll.kernel.documents.markdown import as_markdown
from plimsoll.kernel.documents.models import Drift
from plimsoll.kernel.documents.queries import draft_as_printed, version_in_force
from plimsoll.kernel.documents.record import is_sound
from plimsoll.kernel.documents.source import ClaimFault, parse
from plimsoll.kernel.documents.tests.test_life import approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.figures import claims
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role
from plimsoll.site.findings import FINDERS
from plimsoll.support.intake.linting.looking import lint_document
from tests.cast import House
from tests.claiming import rows, today

Roles = dict[str, Role]
TEXT = """# Tools

[Each of our tools is **found fit**
every year](claim:tools.validated?months=12), by {{ organization.name }}.

> [S1] [Every tool of {{ organization.name }} has a backup](claim:tools.backed_up), always. {tags: tools}
"""
FIT = "Each of our tools is found fit every year"


def tool(house: House, days: int, *, start: int = 100, **values: Any) -> Any:
    return rows(house, "tool", 1, "in_use", start=start, owner=house.ines, backup="Nightly", validated_on=today(-days), **values)[0]


def changed(house: House, record: Any, **values: Any) -> Any:
    return amend(record, by=house.fresh(house.ruth), channel="page", **values)


# Writing


def test_a_claim_is_read_with_its_words_its_line_and_its_place() -> None:
    one, other = parse(TEXT).claims
    assert (one.address, one.words, one.line, one.anchor) == ("claim:tools.validated?months=12", FIT, 3, "tools.1")
    assert (other.address, other.words) == ("claim:tools.backed_up", "Every tool of {{ organization.name }} has a backup")
    assert parse(TEXT).statements[0].text == "Every tool of {{ organization.name }} has a backup, always."


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[x](claim:Tools)", "is no claim: write such as"),
        ("[](claim:tools.backed_up)", "A claim says nothing"),
        ("# [x](claim:tools.backed_up)", "A heading can't hold a claim"),
    ],
)
def test_what_is_no_claim_is_a_fault_of_its_line(text: str, sentence: str) -> None:
    with pytest.raises(ClaimFault, match=sentence) as found:
        parse(f"Before.\n\n{text}\n")
    assert found.value.line == 3


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("tools.validatet?months=12", "Line 1: There is no claim “tools.validatet”. Did you mean “tools.validated”"),
        ("tools.validated", "“tools.validated” needs “months”: 1 to 60"),
        ("tools.validated?months=600", "“months” is a whole number from 1 to 60, not “600”"),
        ("tools.validated?months=12&days=3", "“tools.validated” has no parameter “days”"),
        ("roles.held?which=some", "“which” is one of system, needed, all"),
    ],
)
def test_a_text_that_claims_what_nobody_can_judge_is_not_kept(house: House, roles: Roles, claim: str, sentence: str) -> None:  # noqa: F811
    document = drafted(house, roles)
    before = document.body
    with pytest.raises(Faulty) as refused:
        changed(house, document, body=f"[Words](claim:{claim}).")
    assert (refused.value.faults[0].field, sentence in refused.value.faults[0].sentence) == ("body", True)
    document.refresh_from_db()
    assert document.body == before
    assert draft_as_printed(document, f"[Words](claim:{claim}).")[2] is not None  # and the preview says it as well


# Judging, showing


def test_outputs_print_the_words_only_and_the_preview_marks_how_they_stand(house: House, roles: Roles) -> None:  # noqa: F811
    tool(house, 800)
    document = drafted(house, roles, TEXT)
    printed, _standings, _fault = draft_as_printed(document)
    assert printed is not None
    found = claiming.claims_of(document, as_printed=printed)
    assert [(c.words, c.standing) for c in found] == [(FIT, "contradicted"), (f"Every tool of {house.provider.name} has a backup", "holds")]
    html = as_html(printed, marks=True, claims={c.address: c.standing for c in found})
    assert '<span class="claim" data-standing="contradicted">Each of our tools is <strong>found fit</strong> every year</span>, by' in html
    for said in (as_html(printed, marks=False), as_markdown(printed)):
        assert "claim" not in said
        assert "found fit" in said


# Freezing and drift


def test_a_version_keeps_how_its_claims_stood_and_a_record_that_contradicts_is_drift(house: House, roles: Roles) -> None:  # noqa: F811
    good = tool(house, 30)
    document = approved(house, roles, body=TEXT)
    version = version_in_force(document)
    assert version is not None
    kept = version.values["claim:tools.validated?months=12"]
    assert (kept["title"], kept["value"]["text"], kept["counted"]) == (FIT, "holds", 1)
    assert drifting.compare_all(house.tenant) == 0
    changed(house, good, validated_on=today(-800))
    version.refresh_from_db()
    since = version.changed_at
    assert since is not None
    assert drifting.compare_all(house.tenant) == 1
    drift = Drift.objects.get()
    assert (drift.name, drift.label, drift.href) == ("claim:tools.validated?months=12", f"{good.reference} {good.title}", f"/tools/{good.number}/")
    assert (drift.was, drift.since) == (FIT, since)
    assert drift.now.startswith("last found fit on ")
    version.refresh_from_db()
    assert is_sound(version)
    assert printed_from_json(version.printed).blocks
    changed(house, good, validated_on=today(-1))
    assert drifting.compare_all(house.tenant) == 0


def test_something_to_judge_at_last_and_one_more_that_counts_are_no_drift(house: House, roles: Roles) -> None:  # noqa: F811
    approved(house, roles, body=TEXT)
    for n in range(2):
        tool(house, 30, start=100 + n)
        assert drifting.compare_all(house.tenant) == 0


def test_what_contradicted_when_it_was_approved_drifts_when_it_is_mended(house: House, roles: Roles) -> None:  # noqa: F811
    bad = tool(house, 800)
    approved(house, roles, body=TEXT)
    assert drifting.compare_all(house.tenant) == 0
    changed(house, bad, validated_on=today(-1))
    assert drifting.compare_all(house.tenant) == 1
    assert (Drift.objects.get().kind, Drift.objects.get().now) == ("removed", "holds")


def test_a_kind_that_is_gone_leaves_the_version_readable_and_is_drift(
    house: House,
    roles: Roles,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = approved(house, roles, body=TEXT)
    monkeypatch.delitem(claims._claims, "tools.backed_up")
    assert drifting.compare_all(house.tenant) == 1
    assert "no longer judged" in Drift.objects.get().label
    version = version_in_force(document)
    assert version is not None
    assert parse(version.source).claims
    assert [c.standing for c in claiming.claims_in_force(version)] == ["nothing", "gone"]


def test_a_write_of_a_kind_that_a_claim_counts_has_documents_compared(house: House, roles: Roles) -> None:  # noqa: F811
    version = version_in_force(approved(house, roles, body=TEXT))
    assert version is not None
    drifting.compare_all(house.tenant)
    changed(house, tool(house, 30), title="Another name")
    version.refresh_from_db()
    assert version.changed_at is not None


# Findings and the linter


def test_a_claim_in_force_that_does_not_hold_is_a_finding_and_a_remark_of_the_linter(house: House, roles: Roles) -> None:  # noqa: F811
    bad = tool(house, 800)
    document = approved(house, roles, body=TEXT)
    moment = datetime.datetime.now(tz=datetime.UTC)
    found = [f for f in FINDERS["document"](house.tenant, moment) if f.rule.key == "claim_contradicted"]
    assert len(found) == 1
    assert f"“{FIT}”. That does not hold: {bad.reference}" in found[0].sentence
    assert found[0].source is not None
    assert found[0].source.href == f"/documents/{document.number}/versions/1.0/"
    lints = [lint for lint in lint_document(document) if lint.rule.key == "claim_contradicted"]
    assert [(lint.line, lint.source.pk if lint.source else None) for lint in lints] == [(3, bad.pk)]


def test_a_claim_that_does_not_hold_can_be_approved_and_is_counted(house: House, roles: Roles) -> None:  # noqa: F811
    tool(house, 800)
    version = version_in_force(approved(house, roles, body=TEXT))
    assert version is not None
    assert version.values["claim:tools.validated?months=12"]["value"]["text"] == "contradicted"


def test_roles_drift_when_the_last_holder_leaves(house: House, roles: Roles) -> None:  # noqa: F811
    needed = ("top_management", "sms_manager")
    given = give_role(role=roles["sms_manager"], person=house.dev, by=house.ruth, channel="page")
    approved(house, roles, body="[Somebody holds every role that is needed](claim:roles.held?which=needed).")
    assert drifting.compare_all(house.tenant) == 0
    move(given, "end", by=house.ruth, channel="page", note="Left.")
    assert drifting.compare_all(house.tenant) == 1
    assert Drift.objects.get().label == f"{roles[needed[1]].reference} {roles[needed[1]].title}"
