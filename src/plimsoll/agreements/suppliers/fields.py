"""What documents are filled with from suppliers (6.3-h, D-60)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.portfolio import is_valid
from plimsoll.agreements.suppliers.models import Supplier
from plimsoll.agreements.suppliers.queries import active, agreements_with
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of


def active_suppliers(asked: Asked) -> Value:
    """6.3-h: the suppliers, internal suppliers and customers acting as supplier that are active, with the agreements that hold."""
    rows = list(active(asked.tenant))
    agreements = agreements_with(rows)
    today = day_of(asked.tenant, asked.at)
    types, categories = dict(Supplier.TYPES), dict(Supplier.CATEGORIES)
    criticalities = dict(Supplier.CRITICALITIES)
    made = []
    named: dict[int, Agreement] = {}
    for r in rows:
        valid = [a for a in agreements[r.pk] if is_valid(a, today)]
        named |= {a.pk: a for a in valid}
        made.append(
            Row(
                (
                    r.organization.name,
                    str(types.get(r.type, r.type)),
                    r.description or r.title,
                    str(categories.get(r.supplier_category, "")),
                    str(criticalities.get(r.criticality or 0, "")),
                    str(r.owner or ""),
                    "; ".join(
                        f"{a.reference} {a.title}" + (_(", until %(day)s") % {"day": day_words(a.valid_until)} if a.valid_until else "")
                        for a in valid
                    ),
                ),
                source_of(r),
            )
        )
    columns = (_("Supplier"), _("Type"), _("What it supplies"), _("Category"), _("Criticality"), _("Manager"), _("Contract or agreement"))
    return Value(columns=columns, rows=tuple(made), sources=tuple(source_of(a) for a in named.values()))


declare_blank(
    Blank(
        "suppliers.active",
        gettext_lazy("Suppliers"),
        "table",
        ("supplier", "agreement", "organization", "person"),
        gettext_lazy("Suppliers that are active"),
        active_suppliers,
        "/suppliers/?state=active",
        ("D-60",),
    )
)
