"""What roles and their holders can fill into documents: the table of roles, and one field for each role that a plan names."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.roles.queries import held_at
from plimsoll.kernel.roles.wording import authorities, limits_in_words

KINDS = ("role", "assignment")
PLACE = gettext_lazy("Roles")


def _kept(asked: Asked) -> list[Role]:
    """What the records say, also of a role that is being revised: so a draft plan shows what it will say. What is enforced until then is the
    version in force."""
    return list(Role.objects.filter(tenant=asked.tenant).exclude(state="retired").order_by("title", "pk"))


def holders_of(asked: Asked) -> dict[int, list[str]]:
    """By role the names of the people and teams that hold it at that moment, deputies last and named as such."""
    rows = (
        Assignment.objects.filter(held_at(asked.tenant, asked.at))
        .order_by("is_deputy", "person__name", "team__name")
        .values_list("role_id", "person__name", "team__name", "is_deputy")
    )
    found: dict[int, list[str]] = {}
    for role, person, team, is_deputy in rows:
        said = _("%(name)s (deputy)") % {"name": person or team} if is_deputy else person or team
        if said not in found.setdefault(role, []):
            found[role].append(said)
    return found


def said_of(role: Role | RoleVersion) -> tuple[str, ...]:
    """What the table prints of a role or of a version of it, but its holders; so the two can be compared."""
    limits = "; ".join(limits_in_words(role.limits))
    return role.title, role.purpose, role.responsibilities, "; ".join(authorities(role.words)), limits[:1].upper() + limits[1:]


def columns_said() -> tuple[str, ...]:
    return _("Role"), _("Description"), _("Responsibilities"), _("Authorities"), _("Limits")


def _table(asked: Asked) -> Value:
    held = holders_of(asked)
    rows = [Row((*said_of(role), ", ".join(held.get(role.pk, ())) or _("nobody")), source_of(role)) for role in _kept(asked)]
    return Value(columns=(*columns_said(), _("Held by")), rows=tuple(rows))


def _title(code: str, asked: Asked) -> Value:
    role = Role.objects.filter(tenant=asked.tenant, code=code).exclude(state="retired").first()
    return Value(text=role.title, sources=(source_of(role),)) if role is not None else Value()


def _held(code: str, asked: Asked) -> Value:
    role = Role.objects.filter(tenant=asked.tenant, code=code).exclude(state="retired").first()
    names = holders_of(asked).get(role.pk, []) if role is not None else []
    return Value(text=", ".join(names), sources=(source_of(role),)) if role is not None else Value()


declare_blank(
    Blank(
        "roles.table",
        gettext_lazy("Roles, responsibilities and holders"),
        "table",
        (*KINDS, "person", "team"),
        PLACE,
        _table,
        "/roles/",
        ("S-035", "S-038"),
    )
)
for code, name, title, ids in (
    ("top_management", "top_management", gettext_lazy("top management"), ("F-19", "F-37", "F-41")),
    ("sms_manager", "sms_manager", gettext_lazy("the SMS manager"), ("F-21", "F-39", "F-40", "F-44")),
    ("training_coordinator", "training", gettext_lazy("the role that sees to training"), ("F-22",)),
    ("service_level_manager", "service_level_manager", gettext_lazy("the service level manager"), ("F-09",)),
):
    declare_blank(
        Blank(f"roles.{name}", gettext_lazy("Role: %(title)s") % {"title": title}, "text", KINDS, PLACE, partial(_title, code), "/roles/", ids)
    )
    declare_blank(
        Blank(
            f"roles.{name}.holders",
            gettext_lazy("Held by: %(title)s") % {"title": title},
            "text",
            (*KINDS, "person", "team"),
            PLACE,
            partial(_held, code),
            "/roles/",
            ids,
        )
    )
