"""What agreements show on pages: their versions on their own, and on a service and an incident what was agreed."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Agreement, Recalculation
from plimsoll.agreements.levels.portfolio import faults_of_record
from plimsoll.agreements.levels.queries import agreements_of_service, how_it_stands
from plimsoll.agreements.levels.recalculating import may_try_again, trouble_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.ui.panels import Flag, PanelRow

MOST = 6


class Versions:
    """The versions of an agreement, the newest first; the draft only for who may change it."""

    @property
    def title(self) -> str:
        return _("Terms")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Agreement)
        rows = record.versions.prefetch_related("corrections").order_by("-number")
        if not may(person, "agreement:amend", record):
            rows = rows.filter(published_at__isnull=False)
        moment = now()
        found = []
        for version in rows[:MOST]:
            category, word = how_it_stands(version, moment)
            since = (
                _("%(word)s, from %(day)s") % {"word": word, "day": date_format(localtime(version.started_at), "j F Y")}
                if version.started_at
                else word
            )
            address = f"/agreements/{record.number}/versions/{version.number}/"
            found.append(PanelRow(address, _("Version %(n)d") % {"n": version.number}, "", since, category))
        return found

    def more(self, record: Record) -> str:
        return f"/agreements/{record.number}/versions/"

    def change(self, record: Record, person: Person) -> str:
        return f"/agreements/{record.number}/draft/" if may(person, "agreement:amend", record) and record.is_open else ""


class CurrentAgreements:
    """What was agreed for a service and is in force, as far as the reader may see it."""

    @property
    def title(self) -> str:
        return _("Agreements")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        versions = agreements_of_service(record)
        visible = set(Agreement.objects.visible_to(person).filter(pk__in={v.agreement_id for v in versions}).values_list("pk", flat=True))
        return [
            PanelRow(
                f"/agreements/{v.agreement.number}/",
                v.agreement.title,
                v.agreement.reference,
                _("%(type)s with %(name)s") % {"type": v.agreement.get_type_display(), "name": v.agreement.organization},
                "active",
            )
            for v in versions
            if v.agreement_id in visible
        ][:MOST]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""


def standstill(record: Record, person: Person) -> list[Flag]:
    """That a recalculation stands still, why, and the way on for who may."""
    assert isinstance(record, Recalculation)
    trouble = trouble_of(record)
    if trouble is None:
        return []
    said = (
        _("The list could not be made.")
        if record.state == "computing"
        else _("It could not be applied to every record. What was done by then stays.")
    )
    if trouble.reason:
        said += " " + _("What went wrong: %(reason)s") % {"reason": trouble.reason}
    if trouble.tried_again_at is not None:
        said += " " + _("It is tried again by itself at %(at)s.") % {"at": f"{localtime(trouble.tried_again_at):%H:%M}"}
    press = (_("Try again now"), f"/recalculations/{record.number}/again/") if may_try_again(record, person) else None
    return [Flag(said, "bad", press=press)]


def ending_soon(record: Record, person: Person) -> list[Flag]:
    """That an agreement ends soon, is over its end, or should have been reviewed; for insiders."""
    assert isinstance(record, Agreement)
    found = faults_of_record(record, day_of(record.tenant, now())) if is_inside(person, record) else []
    return [Flag(finding.sentence) for finding in found]


class BeforeAndAfter:
    """What a recalculation found, with the way to its list."""

    @property
    def title(self) -> str:
        return _("Before and after")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Recalculation)
        if record.computed_at is None:
            return []
        said = _("%(differing)d of %(considered)d records would be under another version, %(verdicts)d with another verdict.") % {
            "differing": record.differing,
            "considered": record.considered,
            "verdicts": record.verdicts_changed,
        }
        return [PanelRow(f"/recalculations/{record.number}/lines/", _("The list"), "", said, "done")]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""
