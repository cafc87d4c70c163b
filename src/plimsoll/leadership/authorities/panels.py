"""What stands on the pages of roles, documents, assignments and SMS changes because of authorities."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.roles.queries import members_of
from plimsoll.kernel.ui.panels import Act, Flag, PanelRow
from plimsoll.leadership.authorities.models import SmsChange, Touched
from plimsoll.leadership.authorities.queries import change_naming, is_governed, under_a_change

MOST = 8


class RoleVersions:
    """The versions of a role, the one in force first, and the comparison with what is drafted."""

    @property
    def title(self) -> str:
        return _("Versions")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Role)
        if not is_inside(person, record):
            return []
        return [
            PanelRow(
                self.more(record),
                _("Version %(n)s") % {"n": v.number},
                "",
                _("in force since %(day)s") % {"day": date_format(v.started_at, "j F Y")}
                if v.ended_at is None
                else _("until %(day)s") % {"day": date_format(v.ended_at, "j F Y")},
                "active" if v.ended_at is None else "closed",
            )
            for v in record.versions.order_by("-number")[:MOST]
        ]

    def more(self, record: Record) -> str:
        return f"/roles/{record.number}/versions/"

    def change(self, record: Record, person: Person) -> str:
        return ""


class InChanges:
    """The SMS changes that name a document or a role."""

    @property
    def title(self) -> str:
        return _("SMS changes")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        found = SmsChange.objects.visible_to(person).filter(touched__record=record.pk).order_by("-number")[:MOST]
        return [PanelRow(f"/sms-changes/{c.number}/", c.title, c.reference, "", c.category) for c in found]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""


class TouchedRecords:
    """What a change touches, each with how it stands and what it came to."""

    @property
    def title(self) -> str:
        return _("Documents and roles")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        rows = Touched.objects.filter(change=record.pk).select_related("record").order_by("pk")[:50]
        return [
            PanelRow(
                f"/{t.card.kind}s/{t.card.number}/",
                t.card.title,
                t.card.reference,
                _("version %(n)s came into force") % {"n": t.result} if t.result else "",
                t.card.category,
            )
            for t in rows
        ]

    def more(self, record: Record) -> str:
        return f"/sms-changes/{record.number}/touched/"

    def change(self, record: Record, person: Person) -> str:
        return self.more(record) if is_inside(person, record) and may(person, "smschange:amend", record) else ""


def role_flags(record: Record, person: Person) -> list[Flag]:
    """That a draft is not what is enforced, and how it comes into force."""
    assert isinstance(record, Role)
    if not is_inside(person, record):
        return []
    found = []
    if record.state == "draft" and record.edition:
        said = _("This is the draft of the next version. Until it is in force, version %(n)s is what is enforced.") % {"n": record.edition}
        found.append(Flag(said, "watch", ((_("Compare the two"), f"/roles/{record.number}/versions/"),)))
    if record.state == "in_force" and not record.edition:
        found.append(Flag(_("No version of this role is in force here, so nothing of it is enforced: revise it and put it in force."), "bad"))
    return [*found, *change_flags(record, person)]


def change_flags(record: Record, person: Person) -> list[Flag]:
    """That a draft comes into force by an SMS change only, and one click to open it."""
    if record.state not in ("draft", "in_review") or not is_governed(record) or not is_inside(person, record):
        return []
    sentence = under_a_change([record]).get(record.pk, "")
    if not sentence:
        return []
    change = change_naming(record)
    if change is not None:
        return [Flag(sentence, "watch", ((_("Open %(reference)s") % {"reference": change.reference}, f"/sms-changes/{change.number}/"),))]
    can_open = not reach(person, "smschange:open").is_empty
    press = (_("Open an SMS change for it"), f"/sms-changes/for/{record.reference}/") if can_open else None
    return [Flag(sentence, "watch", press=press)]


def assignment_flags(record: Record, person: Person) -> list[Flag]:
    """That its holder has not accepted it; the holder accepts here."""
    assert isinstance(record, Assignment)
    if record.state != "in_force" or record.accepted_at is not None:
        return []
    if _holds(record, person):
        return [
            Flag(
                _("This role was given to you. Read what it says, and accept it."),
                "watch",
                press=(_("Accept this role"), f"/assignments/{record.number}/accept/"),
            )
        ]
    return [Flag(_("Its holder has not accepted it yet."), "watch")] if is_inside(person, record) else []


def assignment_acts(record: Record, person: Person) -> list[Act]:
    """The letter that appoints somebody."""
    if reach(person, "document:open").is_empty or not is_inside(person, record):
        return []
    reasons = () if record.state == "in_force" else (_("Only a role that is held is appointed to."),)
    return [Act(_("Write the appointment letter…"), f"/assignments/{record.number}/letter/", "file-text", reasons)]


def _holds(assignment: Assignment, person: Person) -> bool:
    if assignment.person_id is not None:
        return assignment.person_id == person.pk
    team = assignment.team_id or 0
    return person.pk in members_of({team}).get(team, frozenset())


__all__ = ["InChanges", "RoleVersions", "TouchedRecords", "assignment_acts", "assignment_flags", "change_flags", "role_flags"]
