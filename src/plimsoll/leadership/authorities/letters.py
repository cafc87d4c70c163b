"""What a letter of appointment says, from the assignment that it is about and the role in force (S-048, S-049). A change of either is drift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from plimsoll.kernel.figures.blanks import Asked, Row, Source, Value
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.models import Assignment, RoleVersion
from plimsoll.kernel.roles.queries import held_at
from plimsoll.kernel.roles.record import ASSIGNMENT
from plimsoll.kernel.roles.versions import version_in_force
from plimsoll.kernel.roles.wording import authorities, limits_in_words
from plimsoll.leadership.authorities.duties import listed
from plimsoll.leadership.authorities.governance import governance


@dataclass(frozen=True, slots=True)
class Appointment:
    """An assignment with the role as it is enforced, at the moment of asking."""

    asked: Asked
    assignment: Assignment
    role: RoleVersion

    @property
    def source(self) -> Source:
        return source_of(self.assignment)

    def text(self, text: str, *others: Assignment) -> Value:
        return Value(text, sources=(self.source, *(source_of(one) for one in others)))

    def lines(self, lines: list[str]) -> Value:
        role = source_of(self.assignment.role)
        return Value(rows=tuple(Row((line,), role) for line in lines))


def appointment_about(asked: Asked) -> Appointment | None:
    """The appointment of a number, “ASG-3”: what a letter is about. Two queries."""
    prefix, _sign, number = asked.about.partition("-")
    if prefix != ASSIGNMENT.prefix or not number.isdecimal() or len(number) > 9:
        return None
    found = Assignment.objects.filter(tenant=asked.tenant, number=int(number)).select_related("role", "person", "team").first()
    version = version_in_force(found.role) if found is not None else None
    return Appointment(asked, found, version) if found is not None and version is not None else None


def _person(made: Appointment) -> Value:
    return made.text(str(made.assignment.person or made.assignment.team))


def _role(made: Appointment) -> Value:
    return Value(made.role.title + (_(" (deputy)") if made.assignment.is_deputy else ""), sources=(source_of(made.assignment.role), made.source))


def _starts(made: Appointment) -> Value:
    at = made.assignment.starts_at
    return made.text(day_words(day_of(made.asked.tenant, at)) if at else _("the day of its approval"))


def _ends(made: Appointment) -> Value:
    at = made.assignment.ends_at
    return made.text(day_words(day_of(made.asked.tenant, at)) if at else _("until it is ended"))


def _purpose(made: Appointment) -> Value:
    return Value(made.role.purpose, sources=(source_of(made.assignment.role),))


def _responsibilities(made: Appointment) -> Value:
    return made.lines([line for told in made.role.responsibilities.splitlines() if (line := told.strip().removeprefix("- ").strip())])


def _authorities(made: Appointment) -> Value:
    return made.lines([*authorities(made.role.words), *limits_in_words(made.role.limits)])


def _reports_to(made: Appointment) -> Value:
    above = governance().approves
    held = Assignment.objects.filter(held_at(made.asked.tenant, made.asked.at), role__code=above, is_deputy=False)
    over = held.select_related("person", "team", "role").order_by("pk").first() if above and made.assignment.role.code != above else None
    if over is None:
        return made.text(_("the governing body of the organisation"))
    return made.text(f"{over.role.title} ({over.person or over.team})", over)


def _deputy(made: Appointment) -> Value:
    held = Assignment.objects.filter(held_at(made.asked.tenant, made.asked.at), role=made.assignment.role_id, is_deputy=True)
    rows = list(held.exclude(pk=made.assignment.pk).select_related("person", "team").order_by("pk"))
    return made.text(", ".join(str(row.person or row.team) for row in rows) or _("nobody"), *rows)


def _conflicts(made: Appointment) -> Value:
    rows = [r for r in listed(made.asked.tenant) if r.conflict.until is None and r.conflict.person.pk == made.assignment.person_id]
    return made.text(" ".join(r.conflict.sentence + (_(" Accepted.") if r.is_accepted else "") for r in rows) or _("none found"))


def _acceptance(made: Appointment) -> Value:
    at = made.assignment.accepted_at
    return made.text(_("accepted on %(day)s") % {"day": day_words(day_of(made.asked.tenant, at))} if at else _("not yet accepted"))


SAID: dict[str, Callable[[Appointment], Value]] = {
    "person": _person,
    "role": _role,
    "starts": _starts,
    "ends": _ends,
    "purpose": _purpose,
    "responsibilities": _responsibilities,
    "authorities": _authorities,
    "reports_to": _reports_to,
    "deputy": _deputy,
    "conflicts": _conflicts,
    "acceptance": _acceptance,
}


def said(name: str, asked: Asked) -> Value:
    """One field of the letter; nothing where the document is about no appointment: it says it in words then."""
    made = appointment_about(asked)
    return SAID[name](made) if made is not None else Value()


__all__ = ["SAID", "said"]
