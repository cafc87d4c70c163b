"""What documents can claim of roles: that they are held, that duties are kept apart, and who may decide above a limit."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.claims import Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.roles.limits import roles_with
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.roles.queries import held_at
from plimsoll.leadership.authorities.duties import listed
from plimsoll.leadership.authorities.governance import governance

WHICH = ("system", "needed", "all")
LIMITS = {"risk": "risk_acceptance_level", "request": "request_value"}


def held(over: Over) -> Verdict:
    """Two queries."""
    rows = Role.objects.filter(tenant=over.tenant, edition__gt=0).exclude(state="retired").order_by("number")
    which, rules = over.word("which"), governance()
    if which != "all":
        rows = rows.filter(code__in=rules.needed if which == "needed" else rules.runs)
    roles = list(rows)
    holding = set(Assignment.objects.filter(held_at(over.tenant, over.at), is_deputy=False).values_list("role_id", flat=True))
    return Verdict(tuple(r.pk for r in roles), tuple(Offender(source_of(r), _("nobody holds it")) for r in roles if r.pk not in holding))


def apart(over: Over) -> Verdict:
    """As many queries as the page of conflicts takes."""
    assignments = dict.fromkeys(Assignment.objects.filter(held_at(over.tenant, over.at)).order_by("pk").values_list("pk", flat=True))
    found: dict[int, Offender] = {}
    for row in listed(over.tenant, over.at):
        assignment = row.conflict.assignment
        if assignment is not None and assignment.pk in assignments and not row.is_accepted and row.conflict.until is None:
            found.setdefault(assignment.pk, Offender(source_of(assignment), row.conflict.sentence))
    return Verdict(tuple(assignments), tuple(found.values()))


def limited(over: Over) -> Verdict:
    """One query."""
    above, code = over.number("above"), over.word("role")
    versions = roles_with(over.tenant, LIMITS[over.word("of")])
    roles = {r.pk: r for r in Role.objects.filter(pk__in=[v.role_id for v, _most in versions])}
    wrong = [(roles[v.role_id], most) for v, most in versions if most > above and roles[v.role_id].code != code]
    said = _("may decide up to %(most)d")
    return Verdict(tuple(v.role_id for v, _most in versions), tuple(Offender(source_of(role), said % {"most": most}) for role, most in wrong))


declare_claim(
    Claim(
        "roles.held",
        gettext_lazy("No role is without a holder"),
        gettext_lazy(
            "Counts the roles that are in force: with `system` those that run the management system, with `needed` those that it can't be run "
            "without, with `all` every role. Contradicted by each that nobody holds; a deputy alone does not hold it."
        ),
        ("role", "assignment"),
        held,
        (Parameter("which", gettext_lazy("which roles"), choices=WHICH, default="system"),),
        ids=("S-045", "5.3-a"),
    )
)
declare_claim(
    Claim(
        "roles.apart",
        gettext_lazy("Duties are kept apart"),
        gettext_lazy(
            "Counts the assignments of roles that hold. Contradicted by each that lays duties into one hand which the rules keep apart, "
            "while nobody's acceptance of that holds."
        ),
        ("role", "assignment", "dutyconflict"),
        apart,
        ids=("S-059", "W-SOD-12"),
    )
)
declare_claim(
    Claim(
        "roles.limited",
        gettext_lazy("Above a limit only one role decides"),
        gettext_lazy(
            "Counts the roles whose version in force states a limit: with `risk` the level of risks that it may accept, with `request` the value "
            "of requests that it may approve. Contradicted by each other role whose limit is above the number."
        ),
        ("role",),
        limited,
        (
            Parameter("of", gettext_lazy("limit of what"), choices=tuple(LIMITS)),
            Parameter("above", gettext_lazy("above which number"), 1, 99_999_999),
            Parameter("role", gettext_lazy("code of the role that decides")),
        ),
        ids=("S-081", "5.3-c"),
    )
)
