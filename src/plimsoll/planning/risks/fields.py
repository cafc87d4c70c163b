"""What risks can fill into documents: registers, criteria in words and as a table, the heat map, who manages risks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Source, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.planning.risks.drawing import heat_map
from plimsoll.planning.risks.models import Risk, Treatment
from plimsoll.planning.risks.queries import accepting, criteria_in_force, current, scale_of, services_of, untreated
from plimsoll.planning.risks.rules import OPPORTUNITY, RISK
from plimsoll.planning.risks.scale import Band, Scale, in_words

MANAGER = "risk_manager"  # the code of the role that manages risks
KINDS = ("risk", "riskcriteria")
WHERE = gettext_lazy("Planning, Risks")
CRITERIA_WHERE = gettext_lazy("Planning, Risk criteria")


def _by_level(rows: Sequence[Risk]) -> list[Risk]:
    return sorted(rows, key=lambda risk: (-(risk.now_level or 0), risk.number))


def _level(level: int | None, name: str) -> str:
    return "" if level is None else f"{level} ({name})" if name else str(level)


def _treatments(risks: Sequence[Risk]) -> dict[int, str]:
    """What is done about each, in one query."""
    found: dict[int, list[str]] = {}
    for t in Treatment.objects.filter(risk__in=[r.pk for r in risks]).exclude(state="dropped").select_related("owner").order_by("pk"):
        told = _("done %(day)s") % {"day": day_words(t.done_on)} if t.state == "done" else _("due %(day)s") % {"day": day_words(t.due_on)}
        found.setdefault(t.risk_id, []).append(f"{t.text} ({t.owner}, {told})")
    return {pk: "; ".join(texts) for pk, texts in found.items()}


def register(asked: Asked, sign: str) -> Value:
    """D-14: every current risk (or opportunity), the gravest first."""
    rows = _by_level(current(asked.tenant, sign).select_related("owner", "accepted_by"))
    flow = workflow_of(asked.tenant, "risk")
    treated, services = _treatments(rows), services_of(rows)
    families = dict(Risk.FAMILIES)
    columns = (
        _("Number"),
        _("Risk") if sign == RISK else _("Opportunity"),
        _("Family"),
        _("Services"),
        _("Level before"),
        _("Treatment"),
        _("Level left"),
        _("Accepted"),
        _("State"),
        _("Owner"),
        _("Next review"),
    )
    lines = [
        Row(
            (
                risk.reference,
                risk.title,
                str(families[risk.family]),
                ", ".join(card.title for card in services.get(risk.pk, ())),
                _level(risk.level, risk.level_class),
                treated.get(risk.pk, "") or (str(risk.get_decision_display()) if risk.decision else ""),
                _level(risk.residual_level, risk.residual_class),
                f"{risk.accepted_by}, {day_words(day_of(asked.tenant, risk.accepted_at))}" if risk.accepted_by and risk.accepted_at else "",
                flow.state(risk.state).label,
                str(risk.owner or ""),
                day_words(risk.review_on),
            ),
            source_of(risk),
        )
        for risk in rows
    ]
    return Value(columns=columns, rows=tuple(lines))


def untreated_list(asked: Asked) -> Value:
    """S-043: what must be treated and is not."""
    rows = untreated(asked.tenant, asked.at.date())
    columns = (_("Number"), _("Risk"), _("Level"), _("Owner"), _("Named"))
    lines = []
    for r in rows:
        since = day_words(day_of(asked.tenant, r.opened_at))
        lines.append(Row((r.reference, r.title, _level(r.now_level, r.now_class), str(r.owner or ""), since), source_of(r)))
    return Value(columns=columns, rows=tuple(lines))


def sentence(scale: Scale) -> str:
    """F-28: value ranges, classes, and which of them must be treated, in two sentences."""
    stay = [band for band in scale.bands if not band.must_treat]
    must = [band for band in scale.bands if band.must_treat]
    said = []
    if stay:
        said.append(_("Values %(ranges)s indicate %(names)s risks, which may stay as they are.") % _named(stay))
    said.append(_("Values %(ranges)s indicate %(names)s risks.") % _named(must))
    said.append(_("%(names)s risks must be treated, or accepted by somebody whose role reaches so far.") % {"names": _capital(_named(must)["names"])})
    return " ".join(said)


def _named(bands: Sequence[Band]) -> dict[str, str]:
    return {"ranges": in_words([band.range for band in bands]), "names": in_words([band.name.lower() for band in bands])}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def criteria_sentence(asked: Asked) -> Value:
    criteria = criteria_in_force(asked.tenant)
    scale = scale_of(criteria)
    if criteria is None or scale is None:
        return Value()
    return Value(text=sentence(scale), sources=(source_of(criteria),))


def criteria_table(asked: Asked) -> Value:
    """D-13: each class with its range, what happens with it, and who accepts it."""
    criteria = criteria_in_force(asked.tenant)
    scale = scale_of(criteria)
    columns = (_("Class"), _("Levels"), _("Treatment"), _("Accepted by"))
    if criteria is None or scale is None:
        return Value(columns=columns)
    who = accepting(asked.tenant, scale)
    source = source_of(criteria)
    lines = [
        Row(
            (
                band.name,
                band.range,
                _("must be treated") if band.must_treat else _("may stay as it is"),
                in_words(who[band.name]) if who[band.name] else _("nobody yet"),
            ),
            Source("riskcriteria", criteria.pk, f"{source.label}: {band.name}", source.href),
        )
        for band in scale.bands
    ]
    return Value(columns=columns, rows=tuple(lines), sources=(source,))


def heat_map_picture(asked: Asked) -> Value:
    """Where the current risks lie now, with its table twin."""
    criteria = criteria_in_force(asked.tenant)
    scale = scale_of(criteria)
    rows = [r for r in _by_level(current(asked.tenant)) if r.now_level is not None]
    if criteria is None or scale is None or not rows:
        return Value()
    steps = range(1, scale.size + 1)
    places: dict[tuple[int, int], list[str]] = {}
    for risk in sorted(rows, key=lambda r: r.number):
        left = risk.residual_level is not None
        where = (risk.residual_likelihood, risk.residual_impact) if left else (risk.likelihood, risk.impact)
        places.setdefault((where[0] or 0, where[1] or 0), []).append(risk.reference)
    cells = {
        (one, other): (" ".join(places.get((one, other), ())), scale.level(one, other) or 0, scale.heat(scale.level(one, other)))
        for one in steps
        for other in steps
    }
    title = _("Current risks by likelihood and effect")
    svg = heat_map(
        title,
        [scale.word("likelihoods", n) for n in steps],
        [scale.word("impacts", n) for n in steps],
        cells,
        [(f"{band.name} {band.range}", scale.heat(band.low)) for band in scale.bands],
    )
    lines = [
        Row(
            (
                risk.reference,
                risk.title,
                scale.word("likelihoods", risk.residual_likelihood if risk.residual_level is not None else risk.likelihood),
                scale.word("impacts", risk.residual_impact if risk.residual_level is not None else risk.impact),
                _level(risk.now_level, risk.now_class),
            ),
            source_of(risk),
        )
        for risk in rows
    ]
    columns = (_("Number"), _("Risk"), _("Likelihood"), _("Effect"), _("Level"))
    return Value(text=title, columns=columns, rows=tuple(lines), svg=svg, sources=(source_of(criteria),))


def manager(asked: Asked) -> Value:
    """F-27: the role that manages risks, with who holds it."""
    role = Role.objects.filter(tenant=asked.tenant, code=MANAGER, edition__gt=0).order_by("-pk").first()
    if role is None:
        return Value()
    held = Assignment.objects.filter(role=role, state="in_force").select_related("person", "team").order_by("pk")
    names = [str(a.person or a.team) for a in held]
    return Value(text=f"{role.title} ({in_words(names)})" if names else role.title, sources=(source_of(role),))


for _blank in (
    Blank(
        "risks.register", gettext_lazy("Risk assessment and treatment"), "table", ("risk",), WHERE, lambda asked: register(asked, RISK),
        "/risks/map/", ("D-14", "S-079"),
    ),
    Blank(
        "opportunities.register", gettext_lazy("Opportunities"), "table", ("risk",), WHERE, lambda asked: register(asked, OPPORTUNITY),
        "/risks/?sign=opportunity", ("D-14", "6.1.1-b"),
    ),
    Blank(
        "risks.untreated", gettext_lazy("Risks that must be treated and are not"), "table", KINDS, WHERE, untreated_list, "/risks/map/", ("S-043",),
    ),
    Blank(
        "risks.criteria_sentence", gettext_lazy("Value ranges and classes of risks"), "text", ("riskcriteria",), CRITERIA_WHERE, criteria_sentence,
        "/risks/criteria/", ("F-28", "S-081"),
    ),
    Blank(
        "risks.criteria_table", gettext_lazy("Classes of risks, and who accepts them"), "table", ("riskcriteria", "role"), CRITERIA_WHERE,
        criteria_table, "/risks/criteria/", ("D-13", "F-28"),
    ),
    Blank("risks.heat_map", gettext_lazy("Heat map of risks"), "picture", KINDS, WHERE, heat_map_picture, "/risks/map/", ("D-14",)),
    Blank(
        "risks.manager", gettext_lazy("Who manages risks"), "text", ("role", "assignment"), gettext_lazy("Leadership, Roles"), manager, "/roles/",
        ("F-27",),
    ),
):  # fmt: skip
    declare_blank(_blank)

__all__ = ["MANAGER", "criteria_sentence", "criteria_table", "heat_map_picture", "manager", "register", "sentence", "untreated_list"]
