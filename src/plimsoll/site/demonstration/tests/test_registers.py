"""What the sample organisation must keep, lives with and works with: every field of documents says something, and a few things are wrong."""

import pytest

from plimsoll.agreements.levels import portfolio
from plimsoll.agreements.suppliers import queries as suppliers
from plimsoll.context.obligations import queries as obligations
from plimsoll.kernel.figures.blanks import blanks
from plimsoll.portfolio.requirements import queries as requirements
from plimsoll.site.demonstration.loading import load
from plimsoll.support.tools import queries as tools
from tests.filling import value_of

pytestmark = pytest.mark.once  # what it asks, the rooms' own tests ask on both

ROOMS = ("agreements", "limitations", "obligations", "requirements", "suppliers", "systems", "tools")


@pytest.mark.django_db
def test_every_field_says_something_and_what_is_wrong_is_found() -> None:
    tenant = load(with_sample=False).tenant
    names = [blank.name for blank in blanks() if blank.name.partition(".")[0] in ROOMS and blank.is_kept]
    assert len(names) >= 17
    assert [name for name in names if value_of(name, tenant).is_empty] == []
    found = [finding.rule.key for room in (obligations, tools, requirements, suppliers, portfolio) for finding in room.faults_of(tenant)]
    assert found == [
        "obligation_review_past",
        "limitation_review_past",
        "requirement_not_covered",
        "service_without_requirement",
        "supplier_agreement_ends",
        "supplier_without_agreement",
        "agreement_ends_soon",
    ]
