"""Claims and asked reviews where people and programs meet them: preview, fields, version, record, findings, My work, API, command line."""

from __future__ import annotations

import json

from plimsoll.kernel.documents.tests.test_claiming import FIT, TEXT, tool
from plimsoll.kernel.documents.tests.test_life import approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.documents.triggers import ask_reviews
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Role
from plimsoll.site.cli.tests.test_cli import Plimsoll, plimsoll  # noqa: F401 (a fixture)
from tests.api import Caller
from tests.cast import House
from tests.claiming import rows
from tests.contracts import signed_in, text_of

Roles = dict[str, Role]


def test_preview_fields_and_draft_say_how_each_claim_stands_and_by_which_record(house: House, roles: Roles) -> None:  # noqa: F811
    bad = tool(house, 800)
    document = drafted(house, roles, TEXT)
    ruth, base = signed_in(house.ruth), f"/documents/{document.number}/"
    for page in (ruth.post(f"{base}preview/", {"body": TEXT}), *(ruth.get(f"{base}{name}/") for name in ("text", "fields", "draft"))):
        said = text_of(page)
        assert (page.status_code, "does not hold" in said, f"{bad.reference} {bad.title}" in said) == (200, True, True)
        assert f'href="/tools/{bad.number}/"' in page.content.decode()


def test_a_bad_claim_is_refused_when_it_is_saved_and_what_was_typed_stays(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles)
    body = "# A\n\n[Words that took an hour](claim:tools.validated?months=600).\n"
    answer = signed_in(house.ruth).post(f"/documents/{document.number}/text/", {"body": body, "version": str(document.version)})
    assert answer.status_code == 422
    assert "Line 3: “months” is a whole number from 1 to 60, not “600”." in text_of(answer)
    assert "Words that took an hour" in text_of(answer)


def test_version_record_and_findings_name_a_claim_that_records_contradict_and_outsiders_see_none(house: House, roles: Roles) -> None:  # noqa: F811
    bad = tool(house, 800)
    document = approved(house, roles, body=TEXT, level="public", outside="customer")
    ruth = signed_in(house.ruth)
    base = f"/documents/{document.number}/"
    for path in (f"{base}versions/1.0/", "/findings/"):
        said = text_of(ruth.get(path))
        assert bad.reference in said
        assert FIT in said
    assert "Records contradict one claim" in text_of(ruth.get(base))
    theirs = text_of(signed_in(house.aoife).get(f"{base}versions/1.0/"))
    assert "found fit</strong> every year" in theirs
    assert bad.reference not in theirs
    assert "does not hold" not in theirs


def test_a_program_reads_the_claims_of_version_and_draft(house: House, roles: Roles) -> None:  # noqa: F811
    bad = tool(house, 800)
    document = approved(house, roles, body=TEXT)
    path = f"documents/{document.number}/claims"
    told = Caller(house.ruth).get(path).json()["items"]
    assert [(c["claim"], c["version"], c["standing"], c["counted"]) for c in told] == [
        ("tools.validated?months=12", "1.0", "contradicted", 1),
        ("tools.backed_up", "1.0", "holds", 1),
    ]
    assert [(o["id"], o["kind"]) for o in told[0]["offenders"]] == [(bad.pk, "tool")]
    assert Caller(house.aoife).get(path).status_code == 404


def test_the_command_says_how_claims_stand_and_fails_on_one_that_does_not_hold(house: House, roles: Roles, plimsoll: Plimsoll) -> None:  # noqa: F811
    bad = tool(house, 800)
    document = approved(house, roles, body=TEXT)
    asked = ("document", document.reference, "--claims", "--organization", house.tenant.slug)
    code, out, _err = plimsoll(*asked)
    assert code == 1
    assert f"does not hold: {FIT} (1)" in out
    assert bad.reference in out
    told = json.loads(plimsoll(*asked, "--json")[1])
    assert [c["standing"] for c in told["claims"]] == ["contradicted", "holds"]


def test_s_103_an_asked_review_stands_on_the_document_in_my_work_in_the_calendar_and_is_answered_on_its_page(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles, body='+++\nreview_when = ["obligation"]\n+++\n\n# A\n\nB.\n', owner=house.ruth)
    law = rows(house, "obligation", 1, "in_force", type="law")[0]
    assert ask_reviews(house.tenant, "obligation", Card.objects.get(pk=law.pk)) == 1
    ruth = signed_in(house.ruth)
    for path in (f"/documents/{document.number}/", f"/documents/{document.number}/review/", "/", "/calendar/?who=me", "/findings/"):
        said = text_of(ruth.get(path))
        assert "a law or another obligation changed" in said, path
        assert law.reference in said, path
    answered = signed_in(house.ruth).post(f"/documents/{document.number}/review/", {"outcome": "revise", "note": "The law asks for more."})
    assert answered.status_code == 302
    assert "a law or another obligation changed" not in text_of(ruth.get("/"))
