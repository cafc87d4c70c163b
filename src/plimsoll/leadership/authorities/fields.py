"""What authorities fill into documents: accepted conflicts, changes of the system, who runs it, and the fields of an appointment letter."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.leadership.authorities.duties import RULE_OF
from plimsoll.leadership.authorities.letters import said
from plimsoll.leadership.authorities.models import DutyConflict, SmsChange, Touched
from plimsoll.leadership.authorities.queries import holders_now

MOST = 200


def accepted_conflicts(asked: Asked) -> Value:
    """W-SOD-12: the conflicts of duties that hold as accepted."""
    rows = DutyConflict.objects.filter(tenant=asked.tenant, state="accepted", expires_date__gte=day_of(asked.tenant, asked.at))
    return Value(
        columns=(_("Conflict"), _("Who"), _("Reason"), _("What makes up for it"), _("Accepted by"), _("Until")),
        rows=tuple(
            Row(
                (
                    f"{RULE_OF[c.rule].title}: {c.title}",
                    str(c.person or ""),
                    c.reason,
                    c.control,
                    str(c.accepted_by or ""),
                    day_words(c.expires_date),
                ),
                source_of(c),
            )
            for c in rows.select_related("person", "accepted_by").order_by("expires_date", "pk")
        ),
    )


def changes(asked: Asked) -> Value:
    """S-090: the changes of the management system that were carried out, the latest first."""
    rows = list(
        SmsChange.objects.filter(tenant=asked.tenant, state="carried_out").select_related("submitted_by", "approved_by").order_by("-number")[:MOST]
    )
    touched: dict[int, list[str]] = {}
    for part in Touched.objects.filter(change__in=[c.pk for c in rows]).select_related("record").order_by("pk"):
        touched.setdefault(part.change_id, []).append(f"{part.card.title} {part.result}".strip())
    return Value(
        columns=(_("Number"), _("Change"), _("Why"), _("Documents and roles"), _("Submitted by"), _("Approved by"), _("On")),
        rows=tuple(
            Row(
                (
                    c.reference,
                    c.title,
                    c.reason,
                    "; ".join(touched.get(c.pk, ())),
                    str(c.submitted_by or ""),
                    str(c.approved_by or ""),
                    day_words(day_of(asked.tenant, c.approved_at)) if c.approved_at else "",
                ),
                source_of(c),
            )
            for c in rows
        ),
    )


def governing(asked: Asked) -> Value:
    """S-065: the roles that run the management system, each with who holds it now."""
    rows = holders_now(asked.tenant, asked.at)
    return Value(
        columns=(_("Role"), _("Held by")), rows=tuple(Row((title, ", ".join(names) or _("nobody")), source_of(role)) for role, title, names in rows)
    )


for name, title, resolve, kinds, href, ids in (
    (
        "roles.conflicts",
        gettext_lazy("Conflicts of duties that were accepted"),
        accepted_conflicts,
        ("dutyconflict", "person"),
        "/duty-conflicts/",
        ("S-059", "W-SOD-12", "D-08"),
    ),
    ("sms_changes.carried_out", gettext_lazy("Changes of the management system"), changes, ("smschange", "person"), "/sms-changes/", ("S-090",)),
    (
        "roles.governing",
        gettext_lazy("Who runs the management system"),
        governing,
        ("role", "assignment", "person", "team"),
        "/who-runs-this/",
        ("S-065", "5.3-b", "5.3-c"),
    ),
):
    declare_blank(Blank(name, title, "table", kinds, gettext_lazy("Authorities"), partial(resolve), href, ids))
for name, title, shape in (
    ("person", gettext_lazy("Person appointed"), "text"),
    ("role", gettext_lazy("Role to which the person is appointed"), "text"),
    ("starts", gettext_lazy("First day of the appointment"), "text"),
    ("ends", gettext_lazy("End of the appointment"), "text"),
    ("purpose", gettext_lazy("Purpose of the role"), "text"),
    ("responsibilities", gettext_lazy("Responsibilities of the role"), "list"),
    ("authorities", gettext_lazy("Authorities and limits of the role"), "list"),
    ("reports_to", gettext_lazy("To whom the holder reports"), "text"),
    ("deputy", gettext_lazy("Stand-in"), "text"),
    ("conflicts", gettext_lazy("Conflicts of duties that the appointment was checked for"), "text"),
    ("acceptance", gettext_lazy("Acceptance by the person appointed"), "text"),
):
    declare_blank(
        Blank(
            f"appointment.{name}",
            title,
            shape,  # type: ignore[arg-type]
            ("assignment", "role", "person", "team", "dutyconflict"),
            gettext_lazy("The page of the assignment, Write the appointment letter"),
            partial(said, name),
            "/assignments/",
            ("S-048", "S-049", "D-08"),
        )
    )
