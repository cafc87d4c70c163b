"""What documents are filled with from competence and training (D-11, D-12, F-23, F-24, Appendix 2 of the plan)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.support.competence.models import Training
from plimsoll.support.competence.queries import Cell, approved, cells_of, coverage, scale_of

KINDS = ("competence", "role", "qualification", "assignment", "person", "training")
NEED, PROFILE = gettext_lazy("Competences that are approved"), "/competences/?state=approved"
MATRIX, PLAN = "/competences/matrix/", "/training/"


def _unique(words: list[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))


def roles(asked: Asked) -> Value:
    """F-23: the roles whose competence is defined, as they stand in a sentence."""
    found = [c.role for c in approved(asked.tenant)]
    return Value(text=_unique([r.title for r in found]), sources=tuple(source_of(r) for r in dict.fromkeys(found)))


def approvers(asked: Asked) -> Value:
    """F-24: the roles that define it."""
    found = [c.approver_role for c in approved(asked.tenant) if c.approver_role is not None]
    return Value(text=_unique([r.title for r in found]), sources=tuple(source_of(r) for r in dict.fromkeys(found)))


def scale(asked: Asked) -> Value:
    """What the levels mean."""
    rows = tuple(Row((str(number), words)) for number, words in enumerate(scale_of(asked.tenant), 1))
    return Value(columns=(_("Level"), _("Meaning")), rows=rows)


def profiles(asked: Asked) -> Value:
    """S-056, S-066: what each role needs, at which level, shown by what, and who defined it."""
    rows = [
        Row(
            (
                c.role.title,
                c.title,
                str(c.level),
                str(c.get_shown_by_display()),
                c.job_class,
                c.approver_role.title if c.approver_role else "",
            ),
            source_of(c),
        )
        for c in approved(asked.tenant)
    ]
    columns = (_("Role"), _("Competence"), _("Level"), _("Shown by"), _("Job class"), _("Defined by"))
    return Value(columns=columns, rows=tuple(rows))


def _cells(asked: Asked) -> list[Cell]:
    return cells_of(asked.tenant, list(approved(asked.tenant)), asked.at)


def matrix(asked: Asked) -> Value:
    """S-063, D-12: who has what, by which proof, checked by whom, until when."""
    words = {"met": _("met"), "expiring": _("expires soon"), "gap": _("missing")}
    rows = []
    for cell in _cells(asked):
        best = cell.best
        proof = f"{best.get_proof_display()}, {best.level}" if best else ""
        checked = str(best.verified_by or "") if best else ""
        until = day_words(best.expires_on) if best else ""
        role = cell.competence.role.title if cell.competence.role else ""
        told = (role, f"{cell.competence.title} ({cell.competence.level})", cell.person.name, words[cell.standing], proof, checked, until)
        rows.append(Row(told, source_of(best or cell.competence)))
    columns = (_("Role"), _("Competence (level)"), _("Holder"), _("Standing"), _("Proof, level"), _("Checked by"), _("Valid until"))
    return Value(columns=columns, rows=tuple(rows))


def gaps(asked: Asked) -> Value:
    """S-060: who lacks what, and what is planned."""
    rows = []
    for cell in _cells(asked):
        if cell.standing != "gap":
            continue
        planned = f"{cell.planned.reference} {cell.planned.title}" if cell.planned else _("nothing yet")
        role = cell.competence.role.title if cell.competence.role else ""
        rows.append(Row((role, f"{cell.competence.title} ({cell.competence.level})", cell.person.name, planned), source_of(cell.competence)))
    return Value(columns=(_("Role"), _("Competence (level)"), _("Holder"), _("Planned")), rows=tuple(rows))


def share(asked: Asked) -> Value:
    """7.2-b, K-70: how much of what roles need their holders can show."""
    met, of = coverage(_cells(asked))
    return Value(text=_("%(met)d of %(of)d") % {"met": met, "of": of} if of else _("nothing is defined yet"))


def _trainings(asked: Asked) -> list[Training]:
    year = day_of(asked.tenant, asked.at).year
    rows = Training.objects.filter(tenant=asked.tenant, planned_on__year=year).exclude(state__in=("proposed", "dropped"))
    return list(rows.select_related("competence", "owner").order_by("planned_on", "pk"))


def plan(asked: Asked) -> Value:
    """S-096, D-11: the year's plan: need, action, for whom, when, by whom, cost, and how its effect is judged."""
    flow = workflow_of(asked.tenant, "training")
    rows = []
    for t in _trainings(asked):
        judged = str(t.get_method_display()) if t.method else _("after %(n)d days") % {"n": t.evaluate_after}
        cost = str(t.cost) if t.cost is not None else ""
        rows.append(
            Row((t.description, t.title, t.audience, day_words(t.planned_on), t.provider, cost, judged, flow.state(t.state).label), source_of(t))
        )
    columns = (_("Need"), _("Action"), _("For whom"), _("When"), _("Given by"), _("Cost"), _("Judged by"), _("State"))
    return Value(columns=columns, rows=tuple(rows))


def results(asked: Asked) -> Value:
    """S-061: what was done within the year and before, newest first, and whether it worked."""
    flow = workflow_of(asked.tenant, "training")
    done = Training.objects.filter(tenant=asked.tenant, state__in=("done", "effective", "not_effective", "followed_up")).select_related(
        "evaluated_by"
    )
    rows = [
        Row(
            (
                t.title,
                day_words(t.done_on),
                flow.state(t.state).label,
                str(t.get_method_display()) if t.method else "",
                t.evaluation,
                str(t.evaluated_by or ""),
            ),
            source_of(t),
        )
        for t in done.order_by("-done_on", "-pk")
    ]
    columns = (_("Training"), _("Done on"), _("Did it work"), _("Judged by"), _("What was found"), _("By whom"))
    return Value(columns=columns, rows=tuple(rows))


for _blank in (
    Blank("competences.roles", gettext_lazy("Roles whose competence is defined"), "text", KINDS[:2], NEED, roles, PROFILE, ("F-23", "S-066")),
    Blank("competences.approvers", gettext_lazy("Who defines the competence of these roles"), "text", KINDS[:2], NEED, approvers, PROFILE,
          ("F-24", "S-066")),
    Blank("competences.scale", gettext_lazy("Levels of competence"), "table", ("setting",), gettext_lazy("Levels of competence"), scale,
          "/competences/scale/", ("D-12",)),
    Blank("competences.profiles", gettext_lazy("Competence that each role needs"), "table", KINDS[:2], NEED, profiles, PROFILE,
          ("S-056", "S-066", "D-12", "7.2-a")),
    Blank("competences.matrix", gettext_lazy("Who has which competence, with proof and expiry"), "table", KINDS, gettext_lazy("Competence matrix"),
          matrix, MATRIX, ("S-063", "D-12", "7.2-b")),
    Blank("competences.gaps", gettext_lazy("Gaps in competence that are open"), "table", KINDS, gettext_lazy("Competence matrix"), gaps,
          MATRIX + "?standing=gap", ("S-060", "D-12", "7.2-c")),
    Blank("competences.coverage", gettext_lazy("How much of what roles need can be shown"), "text", KINDS, gettext_lazy("Competence matrix"), share,
          MATRIX, ("7.2-b", "K-70")),
    Blank("training.plan", gettext_lazy("Training planned for the year"), "table", ("training", "competence", "person"),
          gettext_lazy("Training that is planned"), plan, PLAN, ("S-060", "S-096", "D-11")),
    Blank("training.results", gettext_lazy("Training done, and whether it worked"), "table", ("training", "person"), gettext_lazy("Training"),
          results, PLAN, ("S-061", "D-11", "7.2-c")),
):  # fmt: skip
    declare_blank(_blank)
