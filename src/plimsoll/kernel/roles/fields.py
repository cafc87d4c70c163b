"""What roles and their holders can fill into documents: the table of roles, and one field for each role that a plan names."""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.roles.models import Assignment, Role

KINDS = ("role", "assignment")
PLACE = gettext_lazy("Roles")


def _in_force(asked: Asked) -> list[Role]:
    """A role that is being revised still holds: its grants do."""
    return list(Role.objects.filter(tenant=asked.tenant).exclude(state="retired").order_by("title", "pk"))


def holders_of(asked: Asked) -> dict[int, list[str]]:
    """By role the names of the people and teams that hold it at that moment."""
    rows = (
        Assignment.objects.filter(tenant=asked.tenant, state="in_force")
        .filter(Q(starts_at=None) | Q(starts_at__lte=asked.at), Q(ends_at=None) | Q(ends_at__gt=asked.at))
        .order_by("person__name", "team__name")
        .values_list("role_id", "person__name", "team__name")
    )
    found: dict[int, list[str]] = {}
    for role, person, team in rows:
        if (name := person or team) not in found.setdefault(role, []):
            found[role].append(name)
    return found


def _table(asked: Asked) -> Value:
    held = holders_of(asked)
    rows = [
        Row((role.title, role.purpose, role.responsibilities, _limits(role), ", ".join(held.get(role.pk, ())) or _("nobody")), source_of(role))
        for role in _in_force(asked)
    ]
    return Value(columns=(_("Role"), _("Description"), _("Responsibilities"), _("Limits"), _("Held by")), rows=tuple(rows))


def _limits(role: Role) -> str:
    told = {True: _("yes"), False: _("no")}
    return "; ".join(
        f"{name.replace('_', ' ')}: {told.get(value, value) if isinstance(value, bool) else value}" for name, value in role.limits.items()
    )


def _title(code: str, asked: Asked) -> Value:
    role = Role.objects.filter(tenant=asked.tenant, code=code).exclude(state="retired").first()
    return Value(text=role.title, sources=(source_of(role),)) if role is not None else Value()


def _held(code: str, asked: Asked) -> Value:
    role = Role.objects.filter(tenant=asked.tenant, code=code).exclude(state="retired").first()
    names = holders_of(asked).get(role.pk, []) if role is not None else []
    return Value(text=", ".join(names), sources=(source_of(role),)) if role is not None else Value()


declare_blank(
    Blank(
        "roles.table", gettext_lazy("Roles, responsibilities and holders"), "table", (*KINDS, "person", "team"), PLACE, _table, "/roles/", ("S-038",)
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
