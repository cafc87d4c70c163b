"""What an agreement was kept by this month, on its page: each agreed share against what was reached, each limit, and what was not counted."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from plimsoll.agreements.levels.models import Exclusion
from plimsoll.agreements.levels.queries import Agreed, limits_agreed, shares_agreed
from plimsoll.agreements.levels.rules import ShareTarget, Workload
from plimsoll.evaluation.measurements.queries import FROZEN, answer, month_asked
from plimsoll.evaluation.measurements.words import number
from plimsoll.kernel.access.queries import may as may_say
from plimsoll.kernel.figures.definitions import WORD, Figure
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.ui.panels import PanelRow
from plimsoll.resolution.incidents.agreed import AGREED
from plimsoll.resolution.incidents.agreed_indicators import AGREED_SHARES, AGREED_WORKLOAD, limit_words, share_words


class KeptThisMonth:
    """The shares and limits of an agreement, this month and the one before; a click leads to exactly the records counted."""

    @property
    def title(self) -> str:
        return _("Kept this month")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if person.tenant is None or not may_say(person, WORD):
            return []
        shares = [a for a in shares_agreed(person.tenant) if a.known.agreement == record.pk]
        limits = [a for a in limits_agreed(person.tenant) if a.known.agreement == record.pk]
        if not shares and not limits:
            return []
        month = month_asked(person)
        rows = self._shares(person, shares, month, is_running=True) + self._shares(person, shares, month.plus(-1), is_running=False)
        rows += self._limits(person, limits, month)
        if n := Exclusion.objects.filter(agreement=record.pk).count():
            said = ngettext("%(n)d record is not counted, as an exception", "%(n)d records are not counted, as exceptions", n) % {"n": n}
            rows.append(PanelRow(f"/agreements/{record.number}/exceptions/", _("Exceptions"), "", said, "closed"))
        return rows

    def _shares(self, person: Person, shares: list[Agreed], month: Month, *, is_running: bool) -> list[PanelRow]:
        if not shares:
            return []
        found = answer(person, AGREED_SHARES, month, cut=AGREED)
        by_key = {figure.member: figure for figure in found.figures}
        rows: list[PanelRow] = []
        versions: list[int] = []
        for agreed in shares:
            figure = by_key.get(agreed.key)
            if figure is None and (not is_running or agreed is not shares[-1] and agreed.known.version != shares[-1].known.version):
                continue  # an older version that judged nothing is no news
            assert isinstance(agreed.row, ShareTarget)
            category, said = _said(figure, agreed.row.percent)
            when = date_format(month.first_day, "F Y") if not is_running else _("so far")
            frozen = _(", frozen") if found.standing == FROZEN else ""
            rows.append(
                PanelRow(
                    _to(AGREED_SHARES.key, month, agreed.key), share_words(agreed.known.terms, agreed.place), "", f"{when}: {said}{frozen}", category
                )
            )
            versions.append(agreed.known.number)
        if len(set(versions)) > 1:  # the terms changed or were corrected: which version's share is it?
            rows = [replace(r, title=_("%(share)s, version %(n)d") % {"share": r.title, "n": n}) for r, n in zip(rows, versions, strict=True)]
        return rows

    def _limits(self, person: Person, limits: list[Agreed], month: Month) -> list[PanelRow]:
        if not limits:
            return []
        by_key = {figure.member: figure for figure in answer(person, AGREED_WORKLOAD, month, cut=AGREED).figures}
        rows = []
        for agreed in limits:
            if agreed.key not in by_key and agreed.known.version != limits[-1].known.version:
                continue
            assert isinstance(agreed.row, Workload)
            opened = int(by_key[agreed.key].denominator or 0) if agreed.key in by_key else 0
            said = _("%(n)s opened this month") % {"n": number(opened)}
            if opened > agreed.row.most:
                said += "; " + _("%(n)s beyond it, for which the targets were not promised") % {"n": number(opened - agreed.row.most)}
            part = "beyond" if opened > agreed.row.most else "whole"
            rows.append(
                PanelRow(
                    _to(AGREED_WORKLOAD.key, month, agreed.key, part),
                    limit_words(agreed.known.terms, agreed.place),
                    "",
                    said,
                    "waiting" if opened > agreed.row.most else "done",
                )
            )
        return rows

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        if person.tenant is None or not record.is_open or not may(person, "agreement:amend", record):
            return ""
        is_judged = any(a.known.agreement == record.pk for a in shares_agreed(person.tenant))
        return f"/agreements/{record.number}/exceptions/" if is_judged else ""


def _said(figure: Figure | None, percent: float) -> tuple[str, str]:
    """Category of state and words: kept, missed, or nothing to judge."""
    if figure is None or not figure.denominator:
        return "closed", _("nothing to judge")
    value = number((figure.value or 0) * 100, 1)
    of = _("%(part)s of %(whole)s") % {"part": number(figure.numerator or 0), "whole": number(figure.denominator)}
    is_kept = is_share_kept(figure, percent)
    said = _("kept, %(value)s %% (%(of)s)") if is_kept else _("not kept, %(value)s %% (%(of)s)")
    return ("done" if is_kept else "waiting"), said % {"value": value, "of": of}


def is_share_kept(figure: Figure, percent: float) -> bool:
    """Exactly, in whole numbers: 9 of 10 keep 90 %."""
    return (figure.numerator or 0) * 100 >= percent * (figure.denominator or 0)


def _to(key: str, month: Month, member: int, part: str = "whole") -> str:
    return f"/indicators/{key}/records/?" + urlencode({"period": month.name, "part": part, "by": AGREED, "of": member})
