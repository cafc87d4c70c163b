"""Signing in: password, code, lock-out, reset, invitation; closed to strangers and leavers; every attempt in the trail."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client, TestCase

from plimsoll.kernel.identity.invitations import invite
from plimsoll.kernel.identity.models import Person, PersonSession
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.kernel.trail.models import Entry
from plimsoll.site.desk.device_words import device_words
from tests.cast import PASSWORD, House, build_house

pytestmark = pytest.mark.django_db
NEW = "three quiet green boats"


@pytest.fixture
def house() -> House:
    return build_house()


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_USER_AGENT="Test browser")


def sign_in(browser: Client, person: Person, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return browser.post("/accounts/login/", {"login": person.email, "password": password, **more})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sessions_told() -> list[str]:
    return list(Entry.objects.filter(kind="session").order_by("id").values_list("action", flat=True))


def test_the_pages_of_the_gate_open_to_everybody(house: House, browser: Client) -> None:
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/signup/", "/accounts/inactive/"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert b"Plimsoll" in answer.content


def test_signing_in_and_out_is_trailed_and_the_session_names_its_person(house: House, browser: Client) -> None:
    assert sign_in(browser, house.ines, next="/account/").headers["Location"] == "/account/"
    row = PersonSession.objects.get(person=house.ines)
    assert (row.user_agent, row.address) == ("Test browser", "127.0.0.1")
    assert row.started_at is not None
    assert browser.get("/account/").status_code == 200
    browser.post("/accounts/logout/")
    assert sessions_told() == ["sign in", "sign out"]
    assert not PersonSession.objects.filter(person=house.ines).exists()
    assert browser.get("/account/").status_code == 302


def test_a_wrong_password_is_trailed_without_saying_what_was_typed(house: House, browser: Client) -> None:
    answer = sign_in(browser, house.ines, "wrong")
    assert "do not belong together" in answer.content.decode()
    told = Entry.objects.get(kind="session")
    assert (told.action, told.subject) == ("sign in failed", house.ines.pk)
    assert house.ines.email not in told.changes
    assert "wrong" not in told.changes


def test_guessing_closes_the_address_and_says_for_how_long(house: House, browser: Client) -> None:
    for _ in range(5):
        sign_in(browser, house.ines, "wrong")
    answer = sign_in(browser, house.ines)  # the right one, too late
    assert "closed for this address for 5 minutes" in answer.content.decode()
    assert not PersonSession.objects.filter(person=house.ines).exists()
    assert sign_in(Client(), house.dev).status_code == 302  # others are not locked out
    with time_machine.travel(now() + timedelta(minutes=5, seconds=1)):
        assert sign_in(browser, house.ines).status_code == 302


def test_who_left_and_who_is_no_human_does_not_sign_in(house: House, browser: Client) -> None:
    house.ines.is_active = False
    house.ines.save()
    house.system.email = "system@northmere.example"
    house.system.set_password(PASSWORD)
    house.system.save()
    for person in (house.ines, house.system):
        assert sign_in(browser, person).headers["Location"] == "/accounts/inactive/"
    assert not PersonSession.objects.exclude(person=None).exists()
    assert sessions_told() == ["sign in failed", "sign in failed"]


def test_a_session_ends_when_its_person_leaves(house: House, browser: Client) -> None:
    sign_in(browser, house.aoife)
    Person.objects.filter(pk=house.aoife.pk).update(is_active=False)
    assert browser.get("/account/").status_code == 302


def test_nobody_signs_up(house: House, browser: Client) -> None:
    count = Person.objects.count()
    answer = browser.post("/accounts/signup/", {"email": "new@x.example", "password1": NEW})
    assert "People are invited" in answer.content.decode()
    assert Person.objects.count() == count


def test_a_lost_password_is_replaced_by_mail_once(house: House, browser: Client) -> None:
    browser.post("/accounts/password/reset/", {"email": house.ines.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)
    assert link is not None
    form = browser.get(link.group(), follow=True)
    done = browser.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert done.status_code == 302
    house.ines.refresh_from_db()
    assert house.ines.check_password(NEW)
    assert "password reset" in sessions_told()
    assert "used already" in Client().get(link.group(), follow=True).content.decode()


def test_asking_for_a_reset_tells_nobody_who_has_an_account(house: House, browser: Client) -> None:
    known = browser.post("/accounts/password/reset/", {"email": house.ines.email})
    unknown = browser.post("/accounts/password/reset/", {"email": "nobody@nowhere.example"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert len(mail.outbox) == 1


def test_the_password_is_changed_by_its_owner(house: House, browser: Client) -> None:
    sign_in(Client(), house.ines)
    sign_in(browser, house.ines)
    assert (
        "not your present password"
        in browser.post("/accounts/password/change/", {"oldpassword": "x", "password1": NEW, "password2": NEW}).content.decode()
    )
    assert browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}).status_code == 302
    assert "password changed" in sessions_told()
    assert browser.get("/account/").status_code == 200
    assert PersonSession.objects.filter(person=house.ines).count() == 1


def set_up_app(browser: Client) -> str:
    page = browser.get("/accounts/2fa/app/")
    assert page.status_code == 200, page.headers
    secret = str(page.context["form"].secret)
    with TestCase.captureOnCommitCallbacks(execute=True):  # allauth tells of it after the commit
        assert browser.post("/accounts/2fa/app/", {"code": code_of(secret)}).headers["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def test_with_an_authenticator_app_signing_in_asks_for_its_code(house: House, browser: Client) -> None:
    sign_in(browser, house.ines)
    secret = set_up_app(browser)
    codes = browser.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    browser.post("/accounts/logout/")
    assert sign_in(browser, house.ines).headers["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/account/").status_code == 302
    assert "not right" in browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    with time_machine.travel(now() + timedelta(seconds=31)):  # a code works once
        assert browser.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert browser.get("/account/").status_code == 200
    browser.post("/accounts/logout/")
    sign_in(browser, house.ines)
    assert browser.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert browser.get("/account/").status_code == 200
    told = sessions_told()
    assert "totp activated" in told
    assert "code failed" in told


def test_a_role_may_need_the_app_before_anything_else(house: House, browser: Client) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=["administrator"])
    give_role(role=roles["administrator"], person=house.ines, by=house.ruth, channel="page")
    keep_setting(house.tenant, "totp_required", True, by=house.ruth, channel="page")
    assert sign_in(Client(), house.dev).headers["Location"] == "/"  # only the roles that say so
    assert sign_in(browser, house.ines).headers["Location"] == "/accounts/2fa/app/"
    assert browser.get("/people/").headers["Location"] == "/accounts/2fa/app/"
    assert browser.get("/people/", headers={"Authorization": "Bearer nothing"}).headers["Location"] == "/accounts/2fa/app/"
    assert browser.get("/api/v1/incidents").status_code == 403
    assert browser.get("/api/v1/incidents", headers={"Authorization": "Basic x"}).status_code in (401, 403)
    set_up_app(browser)
    assert browser.get("/people/").status_code == 200
    browser.post("/accounts/2fa/app/remove/")
    browser.post("/accounts/logout/")
    assert sign_in(browser, house.ines).headers["Location"] == "/accounts/2fa/authenticate/"


def test_an_invitation_leads_to_a_password_and_works_once(house: House, browser: Client) -> None:
    house.nobody.set_unusable_password()
    house.nobody.save()
    link = invite(person=house.nobody, by=house.ruth, channel="page")
    path = link[link.index("/invitation/") :]
    assert house.nobody.email in browser.get(path).content.decode()
    assert browser.post(path, {"password": NEW, "password_again": "else"}).status_code == 400
    assert browser.post(path, {"password": NEW, "password_again": NEW}).headers["Location"] == "/accounts/login/"
    assert sign_in(browser, house.nobody, NEW).status_code == 302
    answer = Client().get(path)
    assert answer.status_code == 404
    assert "used already" in answer.content.decode()


def test_an_old_invitation_says_so(house: House, browser: Client) -> None:
    house.nobody.set_unusable_password()
    house.nobody.save()
    link = invite(person=house.nobody, by=house.ruth, channel="page")
    with time_machine.travel(now() + timedelta(days=8)):
        answer = browser.post(link[link.index("/invitation/") :], {"password": NEW, "password_again": NEW})
    assert "older than seven days" in answer.content.decode()
    house.nobody.refresh_from_db()
    assert not house.nobody.check_password(NEW)


def test_one_sees_and_ends_ones_sessions(house: House, browser: Client) -> None:
    other = Client(HTTP_USER_AGENT="Other browser")
    sign_in(browser, house.ines)
    sign_in(other, house.ines)
    page = browser.get("/account/").content.decode()
    assert "Other browser" in page
    assert all(s.session_key not in page for s in PersonSession.objects.filter(person=house.ines))
    browser.post("/account/sessions/end/")
    assert other.get("/account/").status_code == 302
    assert browser.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 CriOS/126.0 Mobile Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        ("Test browser", "Test browser"),
        ("", "Something that does not say what it is"),
    ],
)
def test_people_read_where_they_are_signed_in_and_not_what_browsers_call_themselves(agent: str, said: str) -> None:
    assert device_words(agent) == said
