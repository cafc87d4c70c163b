"""The jobs page and the settings' log in words: no technical name stands alone, and whoever audits may read what was changed."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.functional import Promise

from plimsoll.kernel.calendars.operations import keep_calendar
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import amend_custom_field, define_custom_field, retire_custom_field
from plimsoll.kernel.records.workflows import change_workflow
from plimsoll.kernel.roles.content import starter_roles
from plimsoll.kernel.tasks import registry
from plimsoll.kernel.tasks.models import Heartbeat, Job, Schedule
from plimsoll.resolution.incidents.keeping import keep_assignment_rule, keep_category, keep_priority_cell
from plimsoll.resolution.incidents.models import Category
from plimsoll.site.desk.job_words import name_of
from plimsoll.site.desk.kept_words import KINDS, SENTENCES
from tests.cast import House

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).resolve().parents[4]


def page_of(person: Person, address: str) -> str:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def words(page: str) -> str:
    """What the table says, its secondary lines left out."""
    body = re.search(r"<tbody>.*</tbody>", page, re.S)
    assert body
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r'<span class="ref">.*?</span>', " ", body[0])).split())


def test_every_task_and_schedule_of_the_house_has_a_name_for_people() -> None:
    registry.discover()
    ours = {
        name: task
        for name, task in registry._tasks.items()
        if task.function.__module__.startswith("plimsoll.") and ".tests." not in task.function.__module__
    }
    assert len(ours) >= 7
    for name, task in ours.items():
        assert isinstance(task.label, Promise) and name_of(name) == str(task.label) != "", name


def test_every_act_on_a_setting_has_a_sentence() -> None:
    """Read from the code: what `KeptChanged` is published with, for the kinds that the log shows."""
    said = {action for _kind, action in SENTENCES}
    for path in ("kernel/records/customs.py", "kernel/records/workflows.py", "kernel/calendars/operations.py", "resolution/incidents/keeping.py"):
        for node in ast.walk(ast.parse((SOURCE / "plimsoll" / path).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_tell", "_told"):
                found = {c.value for a in node.args for c in ast.walk(a) if isinstance(c, ast.Constant) and isinstance(c.value, str)}
                assert found & said, (path, node.lineno)


def test_what_an_import_made_has_its_sentence_too(house: House) -> None:
    made = Category.objects.create(tenant=house.tenant, name="Printers", path="Printers")
    publish(
        KeptChanged(
            tenant_id=house.tenant.pk,
            kind="category",
            subject_id=made.pk,
            action="create",
            by_id=house.ruth.pk,
            channel="import",
            changes={"path": (None, "Printers")},
        )
    )
    assert "Added the category “Printers”, which an import needed" in words(page_of(house.ruth, "/settings/log/"))


def everything_changed(house: House) -> None:
    by: dict[str, Any] = {"by": house.ruth, "channel": "page"}
    service = house.service()
    wireless = keep_category(name="Wireless", parent=house.category, **by)
    keep_category(category=wireless, name="Wi-Fi", parent=house.category, **by)
    keep_priority_cell(impact=1, urgency=3, priority=2, service=service, **by)
    keep_assignment_rule(name="Network first", category=wireless, team=house.network, **by)
    keep_calendar(
        calendar=house.office_hours,
        name="Office hours",
        timezone="Europe/London",
        week={d: [["09:00", "17:00"]] for d in ("mon", "tue", "wed", "sat")},
        holidays=["2026-12-24"],
        yearly_holidays=[],
        **by,
    )
    field = define_custom_field(tenant=house.tenant, kind="incident", name="floor", label="Floor", type="text", **by)
    amend_custom_field(field, required_in=["resolved"], **by)
    retire_custom_field(field, **by)
    change_workflow(tenant=house.tenant, kind="incident", changes={"labels": {"new": "Fresh"}}, **by)
    keep_setting(house.tenant, "incident_reopen_days", 3, **by)


def test_the_log_of_the_settings_is_told_in_sentences(house: House) -> None:
    everything_changed(house)
    page = page_of(house.ruth, "/settings/log/")
    said = words(page)
    for sentence in (
        "Added the category “Network / Wi-Fi”",
        "Changed the category “Network / Wi-Fi”",
        "Changed the priority for impact High and urgency Low, Network and Wi-Fi",
        "Priority: 3 (Medium) → 2 (High)",
        "Added the assignment rule “Network first”",
        "Team: none → Network",
        "Changed the service hours “Office hours”",
        "Mon–Fri 08:00–18:00 → Mon–Wed 09:00–17:00, Sat 09:00–17:00",
        "Holidays: none → 2026-12-24",
        "Added the field “Floor (of incidents)”",
        "Needed in: none → Resolved",
        "Retired the field",
        "Changed the workflow of incidents",
        "Own changes: none → 1 word of its own",
        "Changed the setting “Days in which incidents can be reopened”",
    ):
        assert sentence in said, sentence
    for raw in ("{", "[", "custom_field", "assignment_rule", "priority_rule", "incident_reopen_days", "required_in", "None"):
        assert raw not in said, raw
    assert "priority_rule" in page, "the technical word stands in the secondary line"
    assert {kind for kind, _action in SENTENCES} == KINDS


def test_the_sms_manager_and_the_auditor_read_the_log_and_change_nothing(house: House) -> None:
    holders = {role.code for role in starter_roles() if {"trail:see", "settings:change"} & set(role.words)}
    assert {"administrator", "sms_manager", "internal_auditor"} <= holders
    everything_changed(house)
    page = page_of(house.greta, "/settings/log/")
    assert "Changed the service hours" in page
    index = page_of(house.greta, "/settings/")
    assert 'href="/settings/log/"' in index and 'href="/settings/hours/"' not in index
    assert 'href="/settings/"' in page_of(house.greta, "/")
    client = Client()
    client.force_login(house.ines, backend="plimsoll.kernel.identity.backend.SignInBackend")
    assert client.get("/settings/log/").status_code == 403
    client.force_login(house.greta, backend="plimsoll.kernel.identity.backend.SignInBackend")
    assert client.get("/settings/hours/").status_code == 403


def test_the_jobs_page_names_the_work_and_says_what_became_of_each_row(house: House) -> None:
    common: dict[str, Any] = {"tenant": house.tenant, "run_at": now(), "created_at": now()}
    Job.objects.create(task="notifications.send", state="failed", error='Traceback\n  File "x"\nOSError: no route to host', **common)
    Job.objects.create(task="gone.with.the.wind", state="dead", finished_at=now(), **common)
    result = {"done": 50, "stayed": {"INC-7": "It is closed; “Cancel” needs new."}}
    Job.objects.create(task="ui.bulk", state="done", finished_at=now(), result=result, **common)
    Schedule.objects.create(name="clear what is past its time", task="upkeep.clear", cron="23 * * * *", next_run_at=now() + timedelta(hours=1))
    Heartbeat.objects.create(name="tick notifications.mails", kind="tick", at=now())
    Heartbeat.objects.create(name="w-4711", kind="worker", at=now())
    page = page_of(house.ruth, "/jobs/")
    said = words(page)
    assert "Mail somebody what happened" in said and "Work that this version does not know" in said and "Move or give away many records" in said
    assert "50 records were moved or given away." in said and "INC-7 stayed: It is closed; “Cancel” needs new." in said
    for technical in ("notifications.mail", "ui.bulk", "upkeep.clear", "OSError"):
        assert technical not in said, technical
    assert "OSError: no route to host" in page and "Clear what is past its time" in page
    assert "tick " not in page and "A worker reported" in page
