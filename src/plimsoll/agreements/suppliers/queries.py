"""Reads of suppliers with a name: their contracts, and what is wrong: no valid agreement, one that ends soon, a review that is overdue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.portfolio import ends_within, is_valid
from plimsoll.agreements.suppliers.models import Supplier
from plimsoll.agreements.suppliers.rules import AGREED_BY
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words, source_of

NO_AGREEMENT = Rule(
    "supplier_without_agreement", gettext_lazy("An active supplier has no valid contract or internal agreement"), ("7.5.4-e", "8.3.4.1-b")
)
AGREEMENT_ENDS = Rule("supplier_agreement_ends", gettext_lazy("The last agreement with a supplier ends within 90 days"), ("S-033",))
SUPPLIER_REVIEW_PAST = Rule("supplier_review_past", gettext_lazy("The review of a supplier is overdue"), ("8.3.4.1-g",))
NO_MANAGER = Rule("supplier_without_manager", gettext_lazy("An active supplier has no manager"), ("8.3.4.1-a",))
SUPPLIER_TWICE = Rule("supplier_twice", gettext_lazy("One organisation is active as a supplier twice"), ("8.3.4",))

RULES = (NO_AGREEMENT, AGREEMENT_ENDS, SUPPLIER_REVIEW_PAST, NO_MANAGER, SUPPLIER_TWICE)
TURNED_DOWN = ("withdrawn",)


def active(tenant: Tenant) -> Any:
    """The suppliers that are active, by the name of their organisation."""
    rows = Supplier.objects.filter(tenant=tenant, state="active").select_related("organization", "owner")
    return rows.order_by("organization__name", "title", "pk")


def agreements_with(suppliers: Iterable[Supplier]) -> dict[int, list[Agreement]]:
    """The contracts and internal agreements with each of some suppliers, by supplier, the newest first; one query."""
    rows = list(suppliers)
    of_party: dict[tuple[int, str], list[Agreement]] = defaultdict(list)
    parties = {r.organization_id for r in rows}
    for agreement in (
        Agreement.objects.filter(organization__in=parties, type__in=set(AGREED_BY.values())).exclude(state__in=TURNED_DOWN).order_by("-pk")
    ):
        of_party[agreement.organization_id, agreement.type].append(agreement)
    return {r.pk: of_party.get((r.organization_id, AGREED_BY.get(r.type, "")), []) for r in rows}


def faults_of(tenant: Tenant, at: datetime | None = None, *, party: int | None = None) -> list[Finding]:
    """What is wrong with active suppliers, or with those that one organisation is; two queries."""
    today = day_of(tenant, at or now())
    rows = list(active(tenant) if party is None else active(tenant).filter(organization=party))
    times = Counter((r.organization_id, r.type) for r in rows)
    agreements = agreements_with(rows)
    found: list[Finding] = []
    for row in rows:
        found += _of(row, [a for a in agreements[row.pk] if is_valid(a, today)], today)
        if times[row.organization_id, row.type] > 1:
            sentence = _("%(name)s is an active supplier more than once; nobody knows which record is true. End the others.")
            found.append(Finding(SUPPLIER_TWICE, sentence % {"name": row.organization.name}, source_of(row)))
    return found


def _of(supplier: Supplier, valid: list[Agreement], today: date) -> list[Finding]:
    source, found = source_of(supplier), []
    said: dict[str, Any] = {"name": supplier.organization.name, "day": day_words(supplier.review_on)}
    if not valid:
        wanted = _("contract") if supplier.type == "external" else _("internal agreement")
        sentence = _("%(name)s is an active supplier without a valid %(what)s.") % {**said, "what": wanted}
        found.append(Finding(NO_AGREEMENT, sentence, source))
    elif all(ends_within(a, today) for a in valid):
        last = max(valid, key=lambda a: a.valid_until or date.max)
        sentence = _("%(reference)s with %(name)s ends on %(day)s, and nothing follows it.")
        found.append(Finding(AGREEMENT_ENDS, sentence % {**said, "reference": last.reference, "day": day_words(last.valid_until)}, source))
    if supplier.review_on is not None and supplier.review_on < today:
        found.append(Finding(SUPPLIER_REVIEW_PAST, _("The supplier %(name)s was to be reviewed on %(day)s.") % said, source))
    if supplier.owner_id is None:
        found.append(Finding(NO_MANAGER, _("The supplier %(name)s has no manager.") % said, source))
    return found
