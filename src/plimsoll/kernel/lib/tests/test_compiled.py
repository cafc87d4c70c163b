"""A question made into SQL once answers as the query set that it was made from."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.lib.compiled import Compiled

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.fixture
def people() -> list[Person]:
    tenant = Tenant.objects.create(name="One", slug="one")
    home = Organization.objects.create(tenant=tenant, kind="provider", name="One")
    made = [Person.objects.create(tenant=tenant, organization=home, name=f"Person {n}", preferences={"n": [n, None]}) for n in range(4)]
    for n, person in enumerate(made):
        person.last_login = FIRST + timedelta(hours=n) if n else None
        person.save()
    return made


def test_numbers_and_moments_are_compared_and_values_are_converted(people: list[Person]) -> None:
    def make(tenant: int, at: datetime):  # type: ignore[no-untyped-def]
        rows = Person.objects.filter(Q(last_login=None) | Q(last_login__lt=at), Q(created_at__lt=at) | Q(tenant_id=tenant), tenant_id=tenant)
        return rows.order_by("pk").values_list("pk", "name", "preferences", "last_login", "is_active", "organization__kind")

    asked = Compiled(make, tenant=int, at=datetime)
    for at in (FIRST, FIRST + timedelta(hours=2), FIRST + timedelta(hours=2, microseconds=1), FIRST + timedelta(days=9)):
        for tenant in (people[0].tenant_id, 0, 2**40):
            assert tenant is not None
            assert asked(tenant=tenant, at=at) == list(make(tenant, at))
    assert asked(tenant=people[0].tenant_id, at=FIRST + timedelta(hours=2))[1][2:4] == ({"n": [1, None]}, FIRST + timedelta(hours=1))


def test_it_is_one_statement_the_same_text_each_time(people: list[Person]) -> None:
    asked = Compiled(lambda person: Person.objects.filter(pk=person).values_list("name"), person=int)
    with CaptureQueriesContext(connection) as told:
        assert [asked(person=person.pk) for person in people] == [[(person.name,)] for person in people]
    assert len(told) == len(people)


def test_a_query_that_leaves_out_what_is_given_is_a_mistake() -> None:
    asked = Compiled(lambda person, tenant: Person.objects.filter(pk=person).values_list("name"), person=int, tenant=int)
    with pytest.raises(ValueError, match="does not compare tenant"):
        asked(person=1, tenant=2)
