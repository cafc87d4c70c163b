"""The settings pages: who may, what is written, and what is said when something is not sound."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Team, Tenant
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.models import CustomField
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.targets.models import EscalationRule
from plimsoll.kernel.targets.queries import escalation_rules
from plimsoll.kernel.targets.rules import STARTING_RULES
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.incidents.models import AssignmentRule, Category, PriorityRule
from plimsoll.resolution.incidents.operations import keep_assignment_rule, keep_category
from plimsoll.site.desk import settings_pages
from plimsoll.site.desk.urls_settings import urlpatterns

BACKEND = "plimsoll.kernel.identity.backend.SignInBackend"
PLAIN = [f"/{p.pattern}" for p in urlpatterns if str(p.pattern).startswith("settings/") and "<" not in str(p.pattern)]


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def ruth(house: Any) -> Client:
    return signed_in(house.ruth)


def addresses(house: Any) -> list[str]:
    rule = keep_assignment_rule(by=house.ruth, channel="page", name="Network", category=house.category, team=house.network)
    field = CustomField.objects.create(tenant=house.tenant, kind="incident", name="ward", label="Ward", type="text")
    hours = f"/settings/hours/{house.office_hours.pk}/"
    return [
        *PLAIN,
        hours,
        f"{hours}holidays/",
        f"/settings/categories/{house.category.pk}/",
        f"/settings/assignment-rules/{rule.pk}/",
        f"/settings/assignment-rules/{rule.pk}/try/",
        f"/settings/fields/{field.pk}/",
        f"/settings/fields/{field.pk}/retire/",
        "/settings/workflows/incident/",
    ]


def test_every_page_opens_for_whoever_may_and_for_nobody_else(house: Any, ruth: Client) -> None:
    agent, outsider = signed_in(house.ines), signed_in(house.mallory)
    for address in addresses(house):
        assert ruth.get(address).status_code == 200, address
        assert agent.get(address).status_code == 403, address
        assert agent.post(address, {}).status_code in (403, 405), address
        assert Client().get(address).status_code == 302, address
        if any(c.isdigit() for c in address):
            assert outsider.get(address).status_code == 404, address
            assert outsider.post(address, {}).status_code in (404, 405), address


def test_a_category_is_added_renamed_and_refused_twice(house: Any, ruth: Client) -> None:
    assert ruth.post("/settings/categories/new/", {"name": "Wireless", "parent": house.category.pk}).status_code == 302
    made = Category.objects.get(path="Network / Wireless")
    again = ruth.post("/settings/categories/new/", {"name": "Wireless", "parent": house.category.pk})
    assert again.status_code == 400 and b"already such a category" in again.content
    assert ruth.post(f"/settings/categories/{made.pk}/", {"name": "Radio"}).status_code == 302
    made.refresh_from_db()
    assert (made.path, made.is_active) == ("Network / Radio", False)


def test_the_matrix_is_kept_for_everything_and_for_one_service(house: Any, ruth: Client) -> None:
    cells = {
        f"cell-{i}-{u}": p
        for (i, u), p in {(1, 1): 1, (1, 2): 1, (1, 3): 3, (2, 1): 2, (2, 2): 3, (2, 3): 4, (3, 1): 3, (3, 2): 4, (3, 3): 5}.items()
    }
    ruth.post("/settings/priorities/", cells)
    assert list(PriorityRule.objects.values_list("impact", "urgency", "priority")) == [(1, 2, 1)], "only what differs is written"
    service = house.service()
    ruth.post(f"/settings/priorities/?service={service.pk}", {"cell-3-3": "4"})
    assert PriorityRule.objects.get(service=service).priority == 4
    ruth.post(f"/settings/priorities/?service={service.pk}", {})
    assert not PriorityRule.objects.filter(service=service).exists()
    wrong = ruth.post("/settings/priorities/", {**cells, "cell-1-1": "9"})
    assert wrong.status_code == 400 and PriorityRule.objects.count() == 1


def test_a_rule_is_made_and_tried_on_the_last_thirty_days(house: Any, ruth: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wireless = keep_category(by=house.ruth, channel="page", name="Wireless", parent=house.category)
    there = house.incident("Below", classification=wireless)
    answer = ruth.post(
        "/settings/assignment-rules/new/",
        {"name": "Network", "category": house.category.pk, "team": house.network.pk, "is_active": "on"},
        follow=True,
    )
    assert AssignmentRule.objects.get().team == house.network
    assert there.reference in answer.content.decode()
    house.incident("Below too", classification=wireless)
    again = f"/settings/assignment-rules/{AssignmentRule.objects.get().pk}/try/"
    assert "it would match 2." in ruth.get(again).content.decode()
    monkeypatch.setattr("plimsoll.resolution.incidents.queries.MOST_TRIED", 1)
    assert "it would match the newest 1 and more." in ruth.get(again).content.decode()
    assert ruth.post("/settings/assignment-rules/new/", {"name": "No team"}).status_code == 400


def test_service_hours_take_several_intervals_and_say_what_is_wrong(house: Any, ruth: Client) -> None:
    good = {
        "name": "Early",
        "timezone": "Europe/London",
        "mon": "7:00 to 12:00, 13:00-18:00",
        "yearly_holidays": "12-25 01-01",
        "holidays": "2026-12-24",
    }
    assert ruth.post("/settings/hours/new/", good).status_code == 302
    made = Calendar.objects.get(name="Early")
    assert made.week == {"mon": [["07:00", "12:00"], ["13:00", "18:00"]]} and made.yearly_holidays == ["01-01", "12-25"]
    assert "Monday 07:00 to 12:00 and 13:00 to 18:00" in ruth.get("/settings/hours/").content.decode()
    for field, value, sentence in (
        ("mon", "18:00 to 08:00", "ends at or before it begins"),
        ("mon", "all day", "Write the hours as"),
        ("holidays", "2026-02-31", "is not a day"),
        ("yearly_holidays", "13-01", "not a day of the year"),
        ("name", "Office hours", "already"),
    ):
        answer = ruth.post("/settings/hours/new/", {**good, "name": "Other", field: value})
        assert answer.status_code == 400 and sentence in answer.content.decode(), (field, value)
    ruth.post(f"/settings/hours/{made.pk}/", {**good, "is_default": "on"})
    assert list(Calendar.objects.filter(is_default=True)) == [made], "there is one default"


def test_holidays_come_from_a_published_file(house: Any, ruth: Client) -> None:
    calendar = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT",
            "DTSTART;VALUE=DATE:20261224",
            "DTEND;VALUE=DATE:20261225",
            "SUMMARY:Eve",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    ).encode()
    address = f"/settings/hours/{house.office_hours.pk}/holidays/"
    assert ruth.post(address, {"file": SimpleUploadedFile("x.ics", calendar)}).status_code == 302
    house.office_hours.refresh_from_db()
    assert house.office_hours.holidays == ["2026-12-24"]
    answer = ruth.post(address, {"file": SimpleUploadedFile("x.txt", b"hello")})
    assert answer.status_code == 400 and b"neither an iCalendar file" in answer.content


def test_a_field_is_defined_renamed_required_and_retired(house: Any, ruth: Client) -> None:
    assert (
        ruth.post(
            "/settings/fields/new/", {"kind": "incident", "label": "Floor no.", "type": "choice", "choices": "One\nTwo", "is_public": "on"}
        ).status_code
        == 302
    )
    field = CustomField.objects.get()
    assert (field.name, field.choices) == ("floor_no", ["One", "Two"])
    assert ruth.post("/settings/fields/new/", {"kind": "incident", "label": "Empty", "type": "choice"}).status_code == 400
    ruth.post(f"/settings/fields/{field.pk}/", {"label": "Storey", "choices": "One\nTwo\nThree", "required_in": ["assigned"]})
    custom = customs_of(house.fresh(house.ruth).tenant, "incident")[0]
    assert (custom.label, custom.choices, custom.required_in, custom.is_public) == ("Storey", ("One", "Two", "Three"), frozenset({"assigned"}), False)
    assert ruth.post(f"/settings/fields/{field.pk}/retire/").status_code == 302
    assert ruth.get(f"/settings/fields/{field.pk}/retire/").status_code == 404


def test_a_workflow_gets_words_a_state_an_arrow_and_a_guard(house: Any, ruth: Client) -> None:
    address = "/settings/workflows/incident/"
    words = {f"words-state-{s.name}": s.label for s in workflow_of(house.tenant, "incident").states}
    assert ruth.post(address, {"do": "words", **words, "words-state-new": "Reported", "words-guard-write_before_waiting": "on"}).status_code == 302
    assert (
        ruth.post(
            address,
            {
                "do": "state",
                "state-label": "On site",
                "state-category": "active",
                "state-sources": ["in_progress"],
                "state-enter": "Go there",
                "state-target": "in_progress",
                "state-leave": "Come back",
            },
        ).status_code
        == 302
    )
    assert (
        ruth.post(address, {"do": "arrow", "arrow-label": "Straight back", "arrow-sources": ["on_site"], "arrow-target": "assigned"}).status_code
        == 302
    )
    flow = workflow_of(house.fresh(house.ruth).tenant, "incident")
    assert flow.state("new").label == "Reported" and flow.state("on_site").category == "active"
    assert flow.move("straight_back").target == "assigned" and len(flow.move("wait_for_customer").guards) == 1
    ruth.post(address, {"do": "words", **words, "words-state-on_site": "On the spot"})
    flow = workflow_of(house.fresh(house.ruth).tenant, "incident")
    assert flow.state("new").label == "New" and flow.move("wait_for_customer").guards == () and flow.state("on_site").label == "On the spot"
    assert ruth.post(address, {"do": "state", "state-label": "x"}).status_code == 400
    assert ruth.post(address, {"do": "nothing"}).status_code == 404
    assert ruth.get("/settings/workflows/ghost/").status_code == 404
    ines = house.fresh(house.ines)
    made = house.incident(service=house.service(), classification=house.category, impact=2, urgency=2, by=ines)
    made = move(move(made, "assign", by=ines, channel="page", fields={"owner": ines}), "start", by=ines, channel="page")
    assert move(made, "go_there", by=ines, channel="page").state == "on_site"


def test_the_organisation_is_named_and_its_days_are_kept(house: Any, ruth: Client) -> None:
    good = {"name": "Northmere", "timezone": "Europe/Dublin", "incident_reopen_days": 3, "incident_close_days": 0}
    assert ruth.post("/settings/organisation/", good).status_code == 302
    tenant = Tenant.objects.get(pk=house.tenant.pk)
    assert (tenant.name, tenant.timezone, tenant.settings) == ("Northmere", "Europe/Dublin", {"incident_reopen_days": 3, "incident_close_days": 0})
    assert ruth.post("/settings/organisation/", {**good, "timezone": "Atlantis"}).status_code == 400
    assert "Europe/Dublin" in ruth.get("/settings/log/").content.decode()
    before = Entry.objects.count()
    ruth.post("/settings/organisation/", good)
    assert Entry.objects.count() == before, "nothing changed, nothing written"


def test_a_test_mail_goes_to_oneself_and_a_refusal_is_told(house: Any, ruth: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ruth.post("/settings/mail/").status_code == 302
    assert mail.outbox[0].to == [house.ruth.email]

    def refuse(*_given: Any, **_values: Any) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(settings_pages, "send_mail", refuse)
    answer = ruth.post("/settings/mail/")
    assert answer.status_code == 400 and "The mail server refused" in answer.content.decode()


def rule_addresses(ruth: Client) -> list[str]:
    """The pages of the rules in force, in the order of the table."""
    return list(dict.fromkeys(re.findall(r'href="(/settings/escalation/[0-9a-f]{16}/)"', ruth.get("/settings/escalation/").content.decode())))


def test_escalation_rules_stand_in_a_table_and_each_is_changed_on_a_page_of_its_own(house: Any, ruth: Client) -> None:
    page = ruth.get("/settings/escalation/").content.decode()
    assert "every organisation starts with" in page and "Back to the rules as shipped" not in page
    half = rule_addresses(ruth)[0]
    form = ruth.get(half).content.decode()
    assert "Rule at 50 %" in form and 'value="50"' in form and "The owner of the service" in form
    assert form.count('class="optional"') == 2, "only the person and the team may be left out"
    sent = {"percent": "60", "measure": "resolve", "priority": "2", "tell": ["leads"], "give_to": house.network.pk}
    said = ruth.post(half, sent, follow=True).content.decode()
    assert "The rule was: 50 %: Whom it is with." in said
    assert "It is now: 60 % (of the time to resolve, priority Critical and High): The leads of its team, given to Network." in said
    rules = EscalationRule.objects.filter(tenant=house.tenant)
    assert [rule.percent for rule in rules] == [60, 75, 90, 100], "the others stay, and are the organisation's own now"
    rule = rules[0]
    assert (rule.measure, rule.priority, rule.tell, rule.give_to) == ("resolve", 2, ["leads"], house.network)
    assert '"percent":60' in Entry.objects.filter(kind="escalation_rule").get().changes
    assert "Changed the rules of escalation" in ruth.get("/settings/log/").content.decode()
    assert ruth.post(half, sent).status_code == 302, "pressed twice it is kept once"
    assert rules.count() == 4


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"percent": "301"}, "less than or equal to 300"),
        ({"percent": ""}, "required"),
        ({"tell": []}, "Say who is told, or to which team it is given."),
        ({"percent": "75", "tell": ["owner", "leads"]}, "There is such a rule already."),
    ],
)
def test_a_rule_that_says_nothing_is_refused_at_its_field(house: Any, ruth: Client, wrong: dict[str, Any], sentence: str) -> None:
    refused = ruth.post("/settings/escalation/new/", {"percent": "70", "tell": ["owner"], **wrong})
    assert refused.status_code == 422 and sentence in refused.content.decode()
    assert not EscalationRule.objects.exists()


def test_a_rule_that_a_colleague_changed_meanwhile_is_not_changed_over_them(house: Any, ruth: Client) -> None:
    half, *_others = rule_addresses(ruth)
    assert ruth.post(half, {"percent": "55", "give_to": house.network.pk}).status_code == 302
    stale = ruth.post(half, {"percent": "70", "tell": ["owner"]})
    page = stale.content.decode()
    assert stale.status_code == 409 and "55 %: given to Network" in page and 'value="70"' in page and 'action="/settings/escalation/new/"' in page
    assert [r.percent for r in escalation_rules(Tenant.objects.get(pk=house.tenant.pk))] == [55, 75, 90, 100]
    assert ruth.get(half).status_code == 404 and ruth.get(f"{half}remove/").status_code == 404


def test_rules_are_taken_out_until_none_is_left_and_put_back_as_shipped(house: Any, ruth: Client) -> None:
    for here in rule_addresses(ruth):
        assert "Nobody is told by it any more" in ruth.get(f"{here}remove/").content.decode()
        assert ruth.post(f"{here}remove/").status_code == 302
    assert escalation_rules(Tenant.objects.get(pk=house.tenant.pk)) == ()
    assert "No rule: nobody is told" in ruth.get("/settings/escalation/").content.decode()
    assert "75 %: Whom it is with, the leads of its team" in ruth.get("/settings/escalation/shipped/").content.decode()
    assert ruth.post("/settings/escalation/shipped/").status_code == 302
    assert escalation_rules(Tenant.objects.get(pk=house.tenant.pk)) == STARTING_RULES
    assert "the rules as shipped" in ruth.get("/settings/log/").content.decode()


def test_a_rule_whose_team_and_category_went_out_of_use_can_be_switched_off_and_edited(house: Any, ruth: Client) -> None:
    category = Category.objects.create(tenant=house.tenant, name="Faxes", path="Faxes")
    rule = AssignmentRule.objects.create(tenant=house.tenant, name="Old", team=house.network, category=category)
    Team.objects.filter(pk=house.network.pk).update(is_active=False)
    Category.objects.filter(pk=category.pk).update(is_active=False)
    here = f"/settings/assignment-rules/{rule.pk}/"
    page = ruth.get(here).content.decode()
    assert "Faxes" in page and "Network" in page
    sent = {"name": "Older", "team": house.network.pk, "category": category.pk, "position": "1"}
    assert ruth.post(here, sent).status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.is_active, rule.team, rule.category) == ("Older", False, house.network, category)
    assert ruth.post("/settings/assignment-rules/new/", sent).status_code == 400, "a new one takes only what is in use"
