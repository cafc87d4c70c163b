"""What documents are filled with from conformity: how many requirements may fall short."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.evaluation.conformity.fitness import FIELD, decided
from plimsoll.kernel.figures.blanks import Asked, Blank, Source, Value, declare_blank

PLACE = "/settings/conformity/"


def gaps_tolerated(asked: Asked) -> Value:
    """The number as digits alone, so that the approved version can be counted with; in words where nobody decided."""
    number = decided(asked.tenant)
    source = Source("setting", asked.tenant.pk, _("How many requirements may fall short"), PLACE)
    return Value(text=_("not decided") if number is None else str(number), sources=(source,))


declare_blank(
    Blank(
        FIELD,
        gettext_lazy("How many requirements may fall short"),
        "text",
        ("setting",),
        gettext_lazy("Settings, Conformity; top management decides"),
        gaps_tolerated,
        PLACE,
        ("9.1-a", "D-03"),
    )
)
