"""The sample organisation: it loads once and quickly, tells the truth about itself, and never stands beside a real one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import Client

from plimsoll.agreements.levels import portfolio
from plimsoll.agreements.suppliers import queries as suppliers
from plimsoll.context.obligations import queries as obligations
from plimsoll.context.scopes.queries import current_scope
from plimsoll.kernel.figures.blanks import blanks
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.targets.escalating import escalate_due
from plimsoll.kernel.targets.models import Escalation
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.trail.models import Entry
from plimsoll.portfolio.requirements import queries as requirements
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import Incident
from plimsoll.site.demonstration.content import read, span, timeline
from plimsoll.site.demonstration.loading import PASSWORD, Loaded, load, people_to_be
from plimsoll.site.demonstration.month import month
from plimsoll.support.intake.models import Intake
from plimsoll.support.intake.queries import proposed
from plimsoll.support.knowledge.models import Article
from plimsoll.support.tools import queries as tools
from tests.filling import value_of

pytestmark = pytest.mark.once  # what it asks, the rooms' own tests ask on both

ROOMS = ("agreements", "limitations", "obligations", "requirements", "suppliers", "systems", "tools")


def test_the_story_is_told_in_order_and_ends_before_the_loading() -> None:
    moment = datetime(2026, 11, 22, 10, tzinfo=UTC)
    acts = timeline(moment)
    assert [a.at for a in acts] == sorted(a.at for a in acts)
    assert acts[-1].at <= moment
    assert timeline(moment) == acts, "the same moment gives the same story"
    assert len(read("incidents")["incidents"]) == 40
    with pytest.raises(ValueError, match="not a span"):
        span("tomorrow")


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 10, tzinfo=UTC),  # a Sunday
        datetime(2026, 11, 23, 3, tzinfo=UTC),  # a Monday, before anybody is there
        datetime(2026, 3, 30, 12, tzinfo=UTC),  # the month holds the change to summer time
        datetime(2027, 1, 4, 16, tzinfo=UTC),  # and the holidays
    ],
    ids=str,
)
def test_the_month_is_lively_whenever_it_is_loaded(moment: datetime) -> None:
    acts = list(month(moment))
    assert acts == list(month(moment)), "the same moment gives the same month"
    assert max(act.at for act in acts) < moment
    opened = [act for act in acts if act.do == "open"]
    assert len(opened) > 60
    assert len({act.values["title"] for act in opened}) >= 30
    done = {act.key for act in acts if act.do == "resolve"}
    assert 0 < len(opened) - len(done) < 25, "some are still being worked on"
    assert not [act for act in opened if "{" in act.values["title"] + act.values["description"]]


@pytest.mark.django_db
def test_every_role_has_somebody_in_it(loaded: Loaded) -> None:
    held = set(Assignment.objects.filter(tenant=loaded.tenant, state="in_force").values_list("role__code", flat=True))
    codes = set(Role.objects.filter(tenant=loaded.tenant).values_list("code", flat=True)) - {"set_up"}
    assert codes <= held, codes - held


@pytest.mark.django_db
def test_it_loads_everything_through_the_ordinary_writes(loaded: Loaded) -> None:
    ours = Incident.objects.filter(origin="demonstration")
    states = Counter(ours.values_list("state", flat=True))
    month_long = sum(act.do == "open" for act in month(loaded.tenant.set_up_at))
    assert ours.count() == 40 + month_long > 110
    assert set(states) == {
        "new",
        "assigned",
        "in_progress",
        "waiting_customer",
        "waiting_supplier",
        "waiting_change",
        "resolved",
        "closed",
        "cancelled",
        "merged",
    }
    assert Incident.objects.filter(origin="imported").count() == 400
    assert Service.objects.filter(origin="demonstration", state="live", in_scope=True).count() == 4
    scope = current_scope(loaded.tenant)
    assert scope is not None
    assert (scope.state, "Training systems" in scope.sentence) == ("approved", True)
    assert set(Article.objects.values_list("state", flat=True)) == {"draft", "in_review", "published", "expired", "retired"}
    assert Article.objects.get(title__startswith="A tablet").edition == 2
    (waiting,) = Intake.objects.all()
    assert {row.proposal.kind for row in proposed(waiting, waiting.person) if row.is_taken} == {"location", "role", "obligation"}
    assert ours.filter(reopen_count=1).exists()
    assert not Entry.objects.filter(card__origin="demonstration").exclude(origin="demonstration").exists()
    assert not Comment.objects.filter(card__origin="demonstration").exclude(origin="demonstration").exists()
    assert not Card.objects.filter(changed_at__gt=now()).exists()
    assert not Job.objects.filter(task="notifications.mail").exists()
    assert not Notice.objects.filter(mailed_at=None).exists()
    assert loaded.is_new and loaded.tenant.is_demonstration


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
def test_a_second_start_changes_nothing() -> None:
    entries = Entry.objects.count()
    again = load()
    assert not again.is_new
    assert Entry.objects.count() == entries


@pytest.mark.django_db
def test_a_visitor_signs_in_as_somebody_of_the_cast_with_one_press(client: Client, loaded: Loaded) -> None:
    ines = next(p for p, _what in people_to_be(loaded.tenant) if p.name == "Ines Okafor")
    answer = client.post("/demo/sign-in/", {"person": ines.pk})
    assert answer.status_code == 302
    assert int(client.session["_auth_user_id"]) == ines.pk
    assert ines.check_password(PASSWORD)
    assert b'name="next" value="/incidents/7/"' in Client().get("/accounts/login/?next=/incidents/7/").content
    for going, there in (("/incidents/7/", "/incidents/7/"), ("https://elsewhere.example/", "/"), ("", "/")):
        assert Client().post("/demo/sign-in/", {"person": ines.pk, "next": going})["Location"] == there
    assert Client().post("/demo/sign-in/", {"person": "0"}).status_code == 404
    assert Client().get("/demo/sign-in/").status_code == 405


@pytest.mark.django_db
def test_it_says_everywhere_that_it_is_a_demonstration(client: Client, settings: Any, capsys: pytest.CaptureFixture[str], loaded: Loaded) -> None:
    assert "Northmere Digital Services (demonstration)" in client.get("/accounts/login/").content.decode()
    for person, _what in people_to_be(loaded.tenant):
        client.force_login(person)
        page = client.get("/").content.decode()
        assert "Northmere Digital Services (demonstration)</title>" in page
        assert 'href="/demo/"' in page, person
        about = client.get("/demo/").content.decode()
        assert "demo --remove" in about and "CC BY 4.0" in about, person
    client.force_login(Person.objects.get(email="dev.chauhan@northmere.example"))
    assert 'filename="demonstration-incidents-' in client.get("/incidents/export/?format=csv")["Content-Disposition"]
    settings.EMAIL_BACKEND = "plimsoll.site.mailing.ConsoleBackend"
    send_mail("Look at this", "Please.", None, ["somebody@brannock.example"])
    assert "Subject: [Demonstration] Look at this" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
def test_what_time_used_up_was_told_when_it_was() -> None:
    assert Escalation.objects.exists()
    assert not Escalation.objects.filter(is_late=True).exists()
    assert escalate_due() == 0, "nothing is left for the first start"


@pytest.mark.django_db
def test_every_field_says_something_and_what_is_wrong_is_found(loaded: Loaded) -> None:
    tenant = loaded.tenant
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
