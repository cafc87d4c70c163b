"""What goes along with incidents: the agreement that covers each, and what stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plimsoll.agreements.levels.models import Agreement, Version
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told
from plimsoll.kernel.records.models import Record


class CoveringBeside(Beside):
    """Named by number and version, as far as the reader may see the agreement. An import decides anew, by the agreements that are kept there."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        keys = {key for r in records for key in (r.covered_by_id, *r.backed_by) if key is not None}
        if not keys:
            return {}
        seen = Agreement.objects.visible_to(by).filter(versions__in=keys)
        rows = Version.objects.filter(pk__in=keys, agreement__in=seen.values("pk")).select_related("agreement")
        words = {v.pk: {"agreement": v.agreement.reference, "title": v.agreement.title, "version": v.number} for v in rows}
        found = {}
        for r in records:
            more = {"agreement": words.get(r.covered_by_id), "behind": [words[key] for key in r.backed_by if key in words]}
            found[r.pk] = {name: value for name, value in more.items() if value}
        return found

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        return {name: told[name] for name in ("agreement", "behind") if name in told}
