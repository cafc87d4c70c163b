"""Indicators of what agreements promise of a whole month: shares of records, and limits of workload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Version
from plimsoll.agreements.levels.queries import ROWS_OF_A_VERSION, limits_agreed, shares_agreed
from plimsoll.agreements.levels.rules import Terms, read_terms, write_span
from plimsoll.kernel.figures.definitions import Dimension, Indicator, declare
from plimsoll.kernel.targets.words import priority_name
from plimsoll.resolution.incidents.agreed import AGREED, share_counted, share_kept, workload_counted, workload_kept
from plimsoll.resolution.incidents.indicators import CLOCKS, FROM_RECORDS
from plimsoll.resolution.incidents.measuring import DIMENSIONS

MEASURES = {"respond": gettext_lazy("responded"), "resolve": gettext_lazy("resolved"), "close": gettext_lazy("closed")}


def _rows(keys: Iterable[int]) -> dict[int, tuple[Version, Terms]]:
    wanted = list(keys)
    versions = Version.objects.select_related("agreement__card").in_bulk({key // ROWS_OF_A_VERSION for key in wanted})
    terms = {pk: read_terms(version.terms) for pk, version in versions.items()}
    return {key: (versions[pk], terms[pk]) for key in wanted if (pk := key // ROWS_OF_A_VERSION) in versions}


def share_words(terms: Terms, place: int) -> str:
    """ "90 % resolved within 4 h, priority Critical"."""
    if place >= len(terms.shares):
        return _("a share")
    share = terms.shares[place]
    said = _("%(percent)s %% %(measure)s within %(within)s") % {
        "percent": f"{share.percent:g}",
        "measure": MEASURES[share.measure],
        "within": write_span(share.within),
    }
    if share.priority is not None:
        said = _("%(said)s, priority %(name)s") % {"said": said, "name": priority_name(share.priority)}
    if share.is_second:
        said = _("%(said)s, on stand-by") % {"said": said} if terms.is_standby else _("%(said)s, in the second hours") % {"said": said}
    return said


def limit_words(terms: Terms, place: int) -> str:
    """ "up to 40 a month, priority High"."""
    if place >= len(terms.workload):
        return _("a limit")
    limit = terms.workload[place]
    said = _("up to %(n)d a month") % {"n": limit.most}
    return said if limit.priority is None else _("%(said)s, priority %(name)s") % {"said": said, "name": priority_name(limit.priority)}


def _named(key: int, version: Version, said: str) -> str:
    return _("%(agreement)s version %(n)d: %(said)s") % {"agreement": version.agreement.reference, "n": version.number, "said": said}


def _shares_named(keys: Iterable[int]) -> Mapping[int, str]:
    return {key: _named(key, version, share_words(terms, key % ROWS_OF_A_VERSION)) for key, (version, terms) in _rows(keys).items()}


def _limits_named(keys: Iterable[int]) -> Mapping[int, str]:
    return {key: _named(key, version, limit_words(terms, key % ROWS_OF_A_VERSION)) for key, (version, terms) in _rows(keys).items()}


def _no_shares(tenant: Any) -> str:
    return "" if shares_agreed(tenant) else _("No agreement in force promises a share of the records of a month.")


def _no_limits(tenant: Any) -> str:
    return "" if limits_agreed(tenant) else _("No agreement in force has a limit of records a month.")


AGREED_SHARES = declare(
    Indicator(
        code="8.3.3",
        key="agreed_shares",
        title=gettext_lazy("Agreed shares of a month"),
        rule=gettext_lazy(
            "Of the incidents that a share of an agreement judged in the month (such as 90 % resolved within 4 h), how many were within its time. "
            "Met counts in the month in which it was met; a miss in the month in which the time was used up, also while the incident is still "
            "open. An incident that several shares judge counts once, and as within the time when it kept all of them. What an exception of the "
            "terms holds for is not counted, and can be listed."
        ),
        formula=gettext_lazy("number within the time of a share ÷ number judged by it"),
        source=CLOCKS,
        cuts=gettext_lazy("Cut by the share of a version of an agreement, and by what the incident has now."),
        unit="share",
        better="up",
        kind="incident",
        dimensions=(Dimension(AGREED, gettext_lazy("Agreed share"), _shares_named, gettext_lazy("no share")), *DIMENSIONS),
        measure=share_kept,
        counted=share_counted,
        parts={
            "whole": gettext_lazy("Judged in the month"),
            "done": gettext_lazy("Within the time"),
            "missed": gettext_lazy("Over the time"),
            "excluded": gettext_lazy("Not counted, as an exception"),
        },
        needs=_no_shares,
    )
)

AGREED_WORKLOAD = declare(
    Indicator(
        code="8.3.3",
        key="agreed_workload",
        title=gettext_lazy("Workload within the agreed limit"),
        rule=gettext_lazy(
            "Of the incidents opened in the month under an agreement with a limit of records, how many lay within the number up to which its "
            "targets hold; the first opened count first. The figures of targets are not changed by it: what was opened beyond can be listed."
        ),
        formula=gettext_lazy("number opened within the limit ÷ number opened under it"),
        source=FROM_RECORDS,
        cuts=gettext_lazy("Cut by the limit of a version of an agreement, and by what the incident has now."),
        unit="share",
        better="up",
        kind="incident",
        dimensions=(Dimension(AGREED, gettext_lazy("Agreed limit"), _limits_named, gettext_lazy("no limit")), *DIMENSIONS),
        measure=workload_kept,
        counted=workload_counted,
        parts={"whole": gettext_lazy("Opened under a limit"), "done": gettext_lazy("Within it"), "beyond": gettext_lazy("Beyond it")},
        needs=_no_limits,
    )
)
