"""What requests show on pages: on a model its versions and who may order it, on a service what can be ordered, on an incident what it may become."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.panels import Act, PanelRow
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.requests.models import AccessRight, Entitlement, FulfilmentTask, ModelVersion, RequestModel
from plimsoll.resolution.requests.queries import is_entitled

MOST = 6


class Versions:
    """The versions of a model, the newest first; the draft only for who may change it."""

    @property
    def title(self) -> str:
        return _("Form, approvals and tasks")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        rows = ModelVersion.objects.filter(request_model=record.pk).order_by("-number")
        if not may(person, "requestmodel:amend", record):
            rows = rows.filter(published_at__isnull=False)
        found = []
        is_in_force = True
        for version in rows[:MOST]:
            if version.published_at is None:
                said, category = _("Draft"), "new"
            else:
                day = date_format(localtime(version.published_at), "j F Y")
                said = (_("In force since %(day)s") if is_in_force else _("Was in force from %(day)s on")) % {"day": day}
                category, is_in_force = ("active" if is_in_force else "closed"), False
            address = f"/requestmodels/{record.number}/versions/{version.number}/"
            found.append(PanelRow(address, _("Version %(n)d") % {"n": version.number}, "", said, category))
        return found

    def more(self, record: Record) -> str:
        return f"/requestmodels/{record.number}/versions/"

    def change(self, record: Record, person: Person) -> str:
        return f"/requestmodels/{record.number}/draft/" if may(person, "requestmodel:amend", record) and record.state != "retired" else ""


class Audience:
    """Who may order it; for our own people."""

    @property
    def title(self) -> str:
        return _("Who may order it")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        assert isinstance(record, RequestModel)
        address = f"/requestmodels/{record.number}/audience/"
        found = [PanelRow(address, _("Everybody"), "", _("All customers and our own people"), "active")] if record.is_for_everybody else []
        rows = Entitlement.objects.filter(request_model=record.pk).select_related("organization", "team", "role", "person")
        return found + [PanelRow(address, str(row), "", "", "active") for row in rows[:MOST]]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return f"/requestmodels/{record.number}/audience/" if may(person, "requestmodel:amend", record) else ""


class CanBeOrdered:
    """What the reader may order of a service."""

    @property
    def title(self) -> str:
        return _("Can be ordered")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        rows: Any = RequestModel.objects.visible_to(person)
        opened = RequestModel.opened_to(person)
        if opened is None or reach(person, "request:open").is_empty:
            return []
        found = rows.filter(pk__in=opened, service_id=record.pk).order_by("title").values_list("number", "title", "category")[:MOST]
        return [PanelRow(f"/requests/order/{n}/", title, f"RQM-{n}", "", category) for n, title, category in found]

    def more(self, record: Record) -> str:
        return f"/requestmodels/?service={record.pk}"

    def change(self, record: Record, person: Person) -> str:
        return ""


class Instruction:
    """By which instruction a task is done, for our own people: the model that holds it, and the article with more."""

    @property
    def title(self) -> str:
        return _("Instruction")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, FulfilmentTask)
        if record.request_id is None:
            return []
        models: Any = RequestModel.objects.visible_to(person)
        model = models.filter(requests=record.request_id).select_related("article").first()
        if model is None or not is_inside(person, model) or not model.instruction:
            return []
        day = date_format(model.instruction_review_on, "j F Y") if model.instruction_review_on else "–"
        said = _("%(text)s (next review: %(day)s)") % {"text": model.instruction[:400], "day": day}
        found = [PanelRow(f"/requestmodels/{model.number}/", model.title, model.reference, said, model.category)]
        if model.article is not None and may(person, "article:read", model.article):
            found.append(PanelRow(f"/articles/{model.article.number}/", model.article.title, model.article.reference, "", model.article.category))
        return found

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""


class Accesses:
    """The accesses that a request gave are on its page; here the tasks that take an access away."""

    @property
    def title(self) -> str:
        return _("Taken away by")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, AccessRight)
        tasks: Any = record.tasks.model.objects.visible_to(person)
        flow = workflow_of(person.tenant, "fulfilmenttask")
        rows = tasks.filter(access=record.pk).order_by("-number").values_list("number", "title", "state", "category")[:MOST]
        return [PanelRow(f"/fulfilmenttasks/{n}/", title, f"TSK-{n}", flow.state(state).label, category) for n, title, state, category in rows]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""


def model_acts(record: Record, person: Person) -> list[Act]:
    """Order it, have it ordered again and again."""
    assert isinstance(record, RequestModel)
    found = []
    if is_entitled(person, record):
        found.append(Act(_("Order it…"), f"/requests/order/{record.number}/", "package"))
    if may(person, "requestmodel:amend", record):
        reasons = () if record.state == "offered" else (_("It is not offered now."),)
        found.append(Act(_("Order it again and again…"), f"/requestmodels/{record.number}/recurring/", "repeat", reasons))
    return found


def incident_to_request(record: Record, person: Person) -> list[Act]:
    """It is a request: for whoever may say so, while the incident is open."""
    assert isinstance(record, Incident)
    if not record.is_open or not may(person, "incident:close_as_request", record) or reach(person, "request:open").is_empty:
        return []
    return [Act(_("It is a request…"), f"/incidents/{record.number}/as-request/", "package")]
