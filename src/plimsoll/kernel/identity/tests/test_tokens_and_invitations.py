"""Keys are shown once and end; invitations work once and for seven days; sessions name their person."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from plimsoll.kernel.identity.invitations import accept_invitation, find_invitation, invite
from plimsoll.kernel.identity.models import ApiToken, Invitation, Person, PersonSession
from plimsoll.kernel.identity.sessions import SessionStore
from plimsoll.kernel.identity.tokens import create_token, end_sessions, revoke_token, token_named
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.trail.models import Entry
from tests.cast import House, build_house

pytestmark = pytest.mark.django_db
WORDS = "three quiet green boats"


@pytest.fixture
def house() -> House:
    return build_house()


def test_a_key_is_shown_once_and_kept_as_a_digest(house: House) -> None:
    until = now() + timedelta(days=30)
    token, raw = create_token(person=house.ines, name="Monitoring", scopes=["read", "incident:open"], expires_at=until, by=house.ines, channel="page")
    assert raw.startswith(f"plm_{token.prefix}_")
    assert raw not in str(ApiToken.objects.filter(pk=token.pk).values())
    assert raw.rpartition("_")[2] not in "".join(Entry.objects.values_list("changes", flat=True))
    found = token_named(raw)
    assert found is not None
    assert found.person == house.ines


def test_a_key_ends_by_time_by_hand_and_with_its_person(house: House) -> None:
    token, raw = create_token(person=house.ines, name="K", scopes=["*"], expires_at=now() + timedelta(days=30), by=house.ines, channel="page")
    with time_machine.travel(now() + timedelta(days=31)):
        assert token_named(raw) is None
    house.ines.is_active = False
    house.ines.save()
    assert token_named(raw) is None
    house.ines.is_active = True
    house.ines.save()
    revoke_token(token=token, by=house.ruth, channel="page")
    assert token_named(raw) is None
    assert token_named("plm_x_y") is None


@pytest.mark.parametrize(
    ("days", "scopes", "field"),
    [(366, ["*"], "expires_at"), (-1, ["*"], "expires_at"), (9, [], "scopes"), (9, ["Rubbish"], "scopes"), (9, ["incident:"], "scopes")],
)
def test_a_key_for_too_long_or_for_nothing_is_refused(house: House, days: int, scopes: list[str], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        create_token(person=house.ines, name="K", scopes=scopes, expires_at=now() + timedelta(days=days), by=house.ines, channel="page")
    assert [f.field for f in refused.value.faults] == [field]


def test_nobody_makes_keys_in_the_name_of_others(house: House) -> None:
    with pytest.raises(Faulty, match="themselves"):
        create_token(person=house.ines, name="K", scopes=["*"], expires_at=now() + timedelta(days=3), by=house.ruth, channel="page")


def newcomer(house: House) -> Person:
    """Somebody who never chose a password."""
    house.nobody.set_unusable_password()
    house.nobody.save()
    return house.nobody


def test_an_invitation_is_mailed_and_works_once(house: House, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    with django_capture_on_commit_callbacks(execute=True):
        link = invite(person=newcomer(house), by=house.ruth, channel="page")
    assert link in mail.outbox[0].body
    assert mail.outbox[0].to == [house.nobody.email]
    secret = link.rstrip("/").rpartition("/")[2]
    assert secret not in str(list(Invitation.objects.values()))
    accept_invitation(secret=secret, password=WORDS, channel="page")
    house.nobody.refresh_from_db()
    assert house.nobody.check_password(WORDS)
    with pytest.raises(Faulty, match="used already"):
        accept_invitation(secret=secret, password="another good password", channel="page")
    assert list(Entry.objects.filter(kind="invitation").order_by("pk").values_list("action", flat=True)) == ["invite", "accept"]


def test_whoever_keeps_people_is_not_told_the_link_to_a_password_in_use(house: House, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    with django_capture_on_commit_callbacks(execute=True):
        assert invite(person=house.ruth, by=house.ines, channel="page") == ""
    assert "/invitation/" in mail.outbox[0].body
    assert mail.outbox[0].to == [house.ruth.email]


def test_an_invitation_ends_after_seven_days_and_by_the_next(house: House) -> None:
    first = invite(person=newcomer(house), by=house.ruth, channel="page").rstrip("/").rpartition("/")[2]
    second = invite(person=newcomer(house), by=house.ruth, channel="page").rstrip("/").rpartition("/")[2]
    assert find_invitation(first) is None
    assert find_invitation(second) is not None
    with time_machine.travel(now() + timedelta(days=7, seconds=1)):
        assert find_invitation(second) is None


def test_a_weak_password_is_refused_and_the_invitation_stays(house: House) -> None:
    secret = invite(person=newcomer(house), by=house.ruth, channel="page").rstrip("/").rpartition("/")[2]
    with pytest.raises(Faulty) as refused:
        accept_invitation(secret=secret, password="short", channel="page")
    assert refused.value.faults[0].field == "password"
    assert find_invitation(secret) is not None


def test_nobody_is_invited_without_an_address_or_from_elsewhere(house: House) -> None:
    house.nobody.email = None
    house.nobody.save()
    with pytest.raises(Faulty, match="no e-mail address"):
        invite(person=house.nobody, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="no such person"):
        invite(person=house.ines, by=house.mallory, channel="page")


def test_a_session_names_its_person_and_ends_by_its_row(house: House) -> None:
    store = SessionStore()
    store.update({"_auth_user_id": str(house.ines.pk), "started_at": now().isoformat(), "user_agent": "Browser", "address": "127.0.0.1"})
    store.create()
    other = SessionStore()
    other.update({"_auth_user_id": str(house.ines.pk)})
    other.create()
    row = PersonSession.objects.get(session_key=store.session_key)
    assert (row.person, row.user_agent) == (house.ines, "Browser")
    assert end_sessions(person=house.ines, by=house.ines, channel="page", but=store.session_key or "") == 1
    assert SessionStore(store.session_key).get("_auth_user_id") == str(house.ines.pk)
    assert end_sessions(person=house.ines, by=house.ruth, channel="page") == 1
    assert SessionStore(store.session_key).get("_auth_user_id") is None
