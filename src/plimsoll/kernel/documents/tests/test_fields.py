"""What documents say of how documents are controlled (D-09, D-10), and their codes (S-004)."""

from __future__ import annotations

import pytest

from plimsoll.kernel.documents.coding import keep_pattern
from plimsoll.kernel.documents.keeping import keep_rule
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.documents.signing import keep_signing
from plimsoll.kernel.documents.tests.test_life import approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.roles.models import Role
from tests.cast import House

Roles = dict[str, Role]


def value(house: House, name: str) -> Value:
    resolve = blank_named(name).resolve
    assert resolve is not None
    return resolve(Asked(house.tenant, now()))


def test_s_004_a_scheme_gives_new_documents_their_codes_and_off_leaves_the_line_out(house: House, roles: Roles) -> None:  # noqa: F811
    printed, _standings, _fault = draft_as_printed(drafted(house, roles))
    assert printed is not None
    assert "Code" not in dict(printed.header)
    keep_pattern(house.tenant, "NDS-{kind}-{number:03}", by=house.ruth, channel="page")
    by = house.fresh(house.ruth)
    house.ruth.tenant = by.tenant
    assert [drafted(house, roles).code, drafted(house, roles).code] == ["NDS-POL-001", "NDS-POL-002"]
    assert drafted(house, roles, code="OWN-1").code == "OWN-1"
    keep_pattern(house.tenant, "X-{number}", by=by, channel="page")
    house.ruth.tenant = house.fresh(house.ruth).tenant
    assert drafted(house, roles).code == "X-1"
    assert Document.objects.filter(code="NDS-POL-001").exists()
    assert value(house, "documents.code_scheme").text == "X-{number}, such as X-1"


@pytest.mark.parametrize("pattern", ["NDS", "{kind}", "{number:zz}", "{other}-{number}", "a b {number}", "{", "{number.x}"])
def test_s_004_a_scheme_that_gives_no_code_is_refused(house: House, pattern: str) -> None:
    with pytest.raises(Faulty):
        keep_pattern(house.tenant, pattern, by=house.ruth, channel="page")


def test_s_097_the_rule_of_signing_stands_in_documents(house: House) -> None:
    assert "no paper is signed" in value(house, "documents.signature_rule").text
    keep_signing(house.tenant, on_paper=True, by=house.ruth, channel="page")
    assert "a scan of that page" in value(house, "documents.signature_rule").text


def test_d_09_the_master_list_has_every_document_that_is_not_over(house: House, roles: Roles) -> None:  # noqa: F811
    assert value(house, "documents.master_list").rows == ()
    approved(house, roles, code="B-1")
    move(approved(house, roles, code="A-1"), "withdraw", by=house.ruth, channel="page", note="Gone.")
    assert [row.cells[0] for row in value(house, "documents.master_list").rows] == ["B-1"]
    assert any(row.cells[0] == "Documents" for row in value(house, "documents.record_kinds").rows)


def test_d_10_the_rules_of_retention_and_what_is_due_stand_in_documents(house: House) -> None:
    assert value(house, "retention.rules").is_empty
    keep_rule(house.tenant, "policy", months=72, basis="Commercial code", action="dispose", by=house.ruth, channel="page")
    assert [row.cells[:3] for row in value(house, "retention.rules").rows] == [("Policy", "72 months", "Commercial code")]
    assert value(house, "retention.due").is_empty


def test_7_5_3_g_a_document_from_outside_is_an_obligation_with_issuer_edition_place_owner_and_review(house: House) -> None:
    assert value(house, "documents.external").is_empty
    made = house.record(type_named("obligation"), title="Guide of the maker", type="outside", how_applies="We follow chapter 3.")
    amend(made, by=house.ruth, channel="page", document="Switch guide", edition="4", issuer="Telco", kept_at="Shelf 2", owner=house.ines)
    move(made, "put_in_force", by=house.ruth, channel="page", fields={"review_on": now().date().replace(year=now().year + 1)})
    row = value(house, "documents.external").rows[0]
    assert row.cells[:4] == ("Switch guide", "Telco", "4", "Shelf 2")
    assert row.cells[4].startswith("Ines")
