"""What major incidents show on pages: on an incident that it is proposed or handled as one, on a service those that run."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.compiled import Compiled
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.panels import Act, Flag, PanelRow
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.models import MajorIncident, MajorProposal, MajorReview
from plimsoll.resolution.majors.queries import clocks_of, informed_since, manager_since, running_major_of
from plimsoll.resolution.majors.rules import RUNNING

MOST = 5


def may_declare(record: Record, person: Person) -> bool:
    """May this person declare, and see what is inside?"""
    return not reach(person, "majorincident:open").is_empty and is_inside(person, record)


def major_acts(record: Record, person: Person) -> list[Act]:
    """Declare a major incident, for whoever may."""
    assert isinstance(record, Incident)
    if not record.is_open or not may_declare(record, person):
        return []
    return [Act(_("Declare a major incident…"), f"/incidents/{record.number}/major/", "triangle-alert")]


def review_acts(record: Record, person: Person) -> list[Act]:
    """The report, also before it is frozen."""
    return [Act(_("The report…"), f"/majorreviews/{record.number}/report/", "printer")] if is_inside(person, record) else []


_proposed = Compiled(
    lambda incident: MajorProposal.objects.filter(incident_id=incident, decided_at=None).values_list("criterion", "words"), incident=int
)


def major_flags(record: Record, person: Person) -> list[Flag]:
    """Proposed, or handled as a major incident: for the provider's people."""
    assert isinstance(record, Incident)
    found: list[Flag] = []
    if not record.is_open or not is_inside(person, record):
        return found
    sees_majors = not reach(person, "majorincident:read").is_empty
    if sees_majors and (major := running_major_of([record.pk]).get(record.pk)) is not None:
        if MajorIncident.objects.visible_to(person).filter(pk=major.pk).exists():
            told = _("It belongs to the major incident %(major)s.") % {"major": major.reference}
            found.append(Flag(told, "bad", ((_("Open the room of %(major)s") % {"major": major.reference}, f"/majors/{major.number}/"),)))
    elif proposed := _proposed(incident=record.pk):
        criterion, words = proposed[0]
        told = _("It meets the criteria for a major incident: %(criterion)s (%(words)s).") % {"criterion": criterion, "words": words}
        here = f"/incidents/{record.number}/major/"
        links = ((_("Declare…"), here), (_("It is none, because…"), f"{here}#none")) if may_declare(record, person) else ()
        found.append(Flag(told, "watch", links))
    return found


def running_flags(record: Record, person: Person) -> list[Flag]:
    """What is late of a major incident, in words."""
    assert isinstance(record, MajorIncident)
    if record.state not in RUNNING or not is_inside(person, record):
        return []
    moment = now()
    clocks = clocks_of(record, manager_at=manager_since([record]).get(record.pk), informed_at=informed_since([record]).get(record.pk))
    words = {
        "manager": _("Nobody manages it yet. Take the role of the manager."),
        "top": _("Top management was not told in time. Tell them, and write down how."),
        "update": _("The next update is late. Tell people where it stands."),
    }
    return [Flag(words[name], "bad") for name, clock in clocks.items() if clock.done_at is None and clock.is_late(moment)]


def review_flags(record: Record, person: Person) -> list[Flag]:
    """What keeps a major incident in review from closing stands in its review: the way there, for whoever may see it."""
    assert isinstance(record, MajorIncident)
    if record.state != "in_review" or not is_inside(person, record):
        return []
    reviews = MajorReview.objects.visible_to(person).filter(major_id=record.pk, is_open=True).order_by("pk")[:MOST]
    told = _("It is closed when its review %(review)s is done and has decided something.")
    link = _("Go on with %(review)s")
    return [Flag(told % {"review": r.reference}, "watch", ((link % {"review": r.reference}, f"/majorreviews/{r.number}/"),)) for r in reviews]


class MajorIncidents:
    """The running major incidents of a service."""

    @property
    def title(self) -> str:
        return _("Major incidents")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        flow = workflow_of(person.tenant, "majorincident")
        rows = MajorIncident.objects.visible_to(person).filter(service_id=record.pk, state__in=RUNNING).order_by("-opened_at")[:MOST]
        return [PanelRow(f"/majors/{m.number}/", m.title, m.reference, flow.state(m.state).label, m.category) for m in rows]

    def more(self, record: Record) -> str:
        return f"/majors/?service={record.pk}&open="

    def change(self, record: Record, person: Person) -> str:
        return ""


class Decisions:
    """What a review decided."""

    @property
    def title(self) -> str:
        return _("Decisions")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, MajorReview)
        here = f"/majorreviews/{record.number}/decisions/"
        return [PanelRow(here, d.text, "", str(d.get_kind_display()), "done") for d in record.decisions.all()[:MOST]]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return f"/majorreviews/{record.number}/decisions/" if may(person, "majorreview:amend", record) else ""


class Reports:
    """The versions of a review's report."""

    @property
    def title(self) -> str:
        return _("Report")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, MajorReview)
        here = f"/majorreviews/{record.number}/report/"
        return [
            PanelRow(
                f"{here}{r.number}/",
                _("Version %(n)d") % {"n": r.number},
                "",
                _("frozen on %(day)s") % {"day": date_format(localtime(r.made_at), "j F Y, H:i")},
                "closed",
            )
            for r in record.reports.order_by("-number")[:MOST]
        ]

    def more(self, record: Record) -> str:
        return f"/majorreviews/{record.number}/report/"

    def change(self, record: Record, person: Person) -> str:
        return ""
