"""Roles set up by a file, with who is to hold them. Authority never comes in by a file: a role ends as a draft, a holder as a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.exchange.configuring.entries import Entry
from plimsoll.kernel.exchange.configuring.keeping import CHANNEL, Kept, Names, Parts, brief, truth, written_name
from plimsoll.kernel.exchange.configuring.records import RecordKeeper
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.roles.record import ASSIGNMENT, ROLE
from plimsoll.kernel.roles.rules import WORD


class Holders(Parts):
    """Who is to hold a role. A holder that is there, proposed or in force, stays; nobody loses a role by a file."""

    name = "holders"
    fields = ("person", "team", "only_for", "is_deputy")

    def keep(self, record: Any, rows: Sequence[Mapping[str, Any]], names: Names) -> list[tuple[str, str, str]]:
        changes = []
        for n, row in enumerate(rows, 1):
            values = self._values(row, names, f"{self.name}.{n}.")
            if Assignment.objects.filter(role=record.pk, state__in=("proposed", "in_force"), **values).exists():
                continue
            try:
                made = open_record(ASSIGNMENT, by=names.by, channel=CHANNEL, role=record, **values)
            except Faulty as error:
                raise Faulty([Fault(f"{self.name}.{n}.{f.field or 'person'}", f.sentence) for f in error.faults]) from None
            told = {"who": brief(str(row.get("person") or row.get("team"))), "number": made.reference}
            changes.append((self.name, "–", _("%(who)s, proposed as %(number)s") % told))
        return changes

    def _values(self, row: Mapping[str, Any], names: Names, where: str) -> dict[str, Any]:
        values: dict[str, Any] = {"person": None, "team": None, "in_organization": None, "is_deputy": False}
        for name, model, field in (("person", Person, "person"), ("team", Team, "team"), ("only_for", Organization, "in_organization")):
            if row.get(name):
                values[field] = names.find(model, str(row[name]), f"{where}{name}")
        if "is_deputy" in row:
            values["is_deputy"] = truth(row["is_deputy"], f"{where}is_deputy")
        if (values["person"] is None) == (values["team"] is None):
            raise Faulty([Fault(f"{where}person", _("Say one person or one team."))])
        return values

    def told(self, record: Any, by: Person) -> list[dict[str, Any]]:
        rows: Any = Assignment.objects.visible_to(by)
        found = []
        for row in (
            rows.filter(role=record.pk, state__in=("proposed", "in_force"), for_service=None)
            .select_related("person", "team", "in_organization")
            .order_by("number")
        ):
            said: dict[str, Any] = {"person": written_name(row.person)} if row.person else {"team": row.team.name}
            said |= {"only_for": row.in_organization.name} if row.in_organization else {}
            found.append(said | ({"is_deputy": True} if row.is_deputy else {}))
        return found


class RoleKeeper(RecordKeeper):
    """Roles. One in force is revised first, so that what is enforced stays until somebody puts the draft in force (decision 37)."""

    def __init__(self) -> None:
        super().__init__(ROLE, Holders())

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        kept = super().keep(entry, names, note)
        if kept.is_new or kept.changes:
            kept.note = self._waits(kept.thing)
        return kept

    def finish(self, entry: Entry, kept: Kept, names: Names, note: str) -> None:
        super().finish(entry, kept, names, note)
        kept.note = kept.note or (self._waits(kept.thing) if kept.changes and kept.thing.state == "draft" else "")

    @staticmethod
    def _waits(role: Any) -> str:
        if role.edition:
            return _("A draft; version %(n)d stays in force until somebody puts it in force.") % {"n": role.edition}
        return _("A draft, until somebody puts it in force.")

    def ready(self, record: Any, names: Names, note: str) -> Any:
        return move(record, "revise", by=names.by, channel=CHANNEL, note=note) if record.state == "in_force" else record

    def value(self, name: str, given: Any, names: Names) -> Any:
        if name == "responsibilities" and isinstance(given, list):
            return "\n".join(f"- {' '.join(str(line).split())}" for line in given)
        value = super().value(name, given, names)
        if name == "words":
            if not isinstance(value, list):
                raise Faulty([Fault(name, _("Authorities are a list of words, such as incident:read."))])
            if wrong := [word for word in value if not isinstance(word, str) or not WORD.match(word)]:
                said = _("“%(word)s” is not an authority. Write kind:action, such as incident:resolve; docs/reference/words.md has all.")
                raise Faulty([Fault(name, said % {"word": str(wrong[0])[:60]})])
        if name == "limits" and not isinstance(value, dict):
            raise Faulty([Fault(name, _("Limits are a table of names and numbers, such as {“request value”: 5000}."))])
        return value
