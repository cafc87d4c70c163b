"""Names that are kept in memory are those of now: a renaming shows on the next page, and costs no question in between."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.identity.models import Team
from plimsoll.kernel.identity.operations import keep_team
from plimsoll.kernel.ui.shown import Names
from plimsoll.resolution.incidents.keeping import keep_category
from plimsoll.resolution.incidents.models import Category
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_a_team_and_a_category_renamed_are_shown_by_their_new_names_at_once(house: House) -> None:
    category = keep_category(by=house.ruth, channel="page", name="Wireless")
    record = house.incident(team=house.network, classification=category)
    reader = signed_in(house.ines)
    pages = (f"/incidents/{record.number}/", f"/incidents/?team={house.network.pk}")
    assert all("Network" in text_of(reader.get(page)) for page in pages)
    assert "Wireless" in text_of(reader.get(pages[0]))

    keep_team(team=house.network, name="Networks and telephony", by=house.ruth, channel="page")
    keep_category(by=house.ruth, channel="page", category=category, name="Wi-Fi")
    assert all("Networks and telephony" in text_of(reader.get(page)) for page in pages)
    assert "Wi-Fi" in text_of(reader.get(pages[0])) and "Wireless" not in text_of(reader.get(pages[0]))


def test_kept_names_are_asked_for_once_and_what_came_since_is_asked_for_then(house: House) -> None:
    category = keep_category(by=house.ruth, channel="page", name="Wireless")
    tenant = house.fresh(house.ines).tenant

    def named(*keys: int) -> tuple[list[str], int]:
        names = Names(tenant)
        names.want(Category, keys)
        names.want(Team, [house.network.pk])
        with CaptureQueriesContext(connection) as asked:
            names.fetch()
        return [names.of(Category, key) for key in keys], len(asked)

    assert named(category.pk) == (["Wireless"], 2)
    assert named(category.pk) == (["Wireless"], 0)
    newer = Category.objects.create(tenant=category.tenant, name="Cables", path="Cables")  # as another process might, this moment
    assert named(category.pk, newer.pk) == (["Wireless", "Cables"], 1)
