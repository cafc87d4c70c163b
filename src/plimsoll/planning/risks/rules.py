"""The workflows of risks (W-RK) and of the criteria that they are judged by: decisions only; runs without Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states
from plimsoll.planning.risks.scale import Scale, faults_of

RISK, OPPORTUNITY = "risk", "opportunity"
TREAT, TOLERATE, TRANSFER, TERMINATE = "treat", "tolerate", "transfer", "terminate"
ENDED = ("closed", "dismissed")
BEFORE_DECISION = ("identified", "assessed", "evaluated")
LIMIT = "risk_acceptance_level"  # the name of the limit in roles


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What the guards of a risk judge. People are numbers; `limits` says up to which level each may accept."""

    sign: str = RISK
    owner: int | None = None
    cause: str = ""
    consequence: str = ""
    customer_impact: str = ""
    likelihood: int | None = None
    impact: int | None = None
    level: int | None = None
    has_criteria: bool = False
    must_treat: bool = False
    transferred_to: str = ""
    treatments: int = 0
    open_treatments: int = 0
    unjudged_treatments: int = 0
    residual_likelihood: int | None = None
    residual_impact: int | None = None
    residual_level: int | None = None
    review_on: date | None = None
    accepted_until: date | None = None
    today: date | None = None
    now: datetime | None = None  # the moment of a move that is told later
    limits: Mapping[int, int] = field(default_factory=dict)
    authorities: str = ""  # who may accept the residual level, in words
    mover: int | None = None
    note: str = ""

    def has_passed(self, day: date | None) -> bool:
        """Does a day lie behind the move that is judged?"""
        here = self.now.date() if self.now is not None else self.today
        return day is not None and here is not None and day < here


@dataclass(frozen=True, slots=True)
class CriteriaFacts:
    """What the guards of criteria judge."""

    scale: Scale = field(default_factory=Scale)
    author: int | None = None
    is_set_up_open: bool = False
    mover: int | None = None
    note: str = ""


def there_are_criteria(facts: RiskFacts) -> str | None:
    """A level follows from criteria that are in force (6.1.2-c)."""
    return None if facts.has_criteria else "No risk criteria are in force. Let top management approve them first."


def is_described(facts: RiskFacts) -> str | None:
    """6.1.2: cause, consequence, an owner, and a likelihood and an effect on the scale."""
    what = "risk" if facts.sign == RISK else "opportunity"
    return missing(
        f"An assessed {what} needs",
        ("cause", "a cause", facts.cause),
        ("consequence", "a consequence", facts.consequence),
        ("owner", "an owner", facts.owner),
        ("likelihood", "a likelihood", facts.likelihood),
        ("impact", "an effect", facts.impact),
    )


def has_a_level(facts: RiskFacts) -> str | None:
    """Likelihood and effect lie on the scale that is in force."""
    if facts.likelihood and facts.impact and facts.has_criteria and facts.level is None:
        return at_field("likelihood", "Likelihood or effect lies beyond the scale of the criteria in force. Choose them anew.")
    return None


def says_what_customers_feel(facts: RiskFacts) -> str | None:
    """6.1.2-b: what it means for customers is written down, also that it means nothing."""
    return missing("Evaluating needs", ("customer_impact", "what it means for customers", facts.customer_impact.strip()))


def will_be_looked_at_again(facts: RiskFacts) -> str | None:
    """W-RK: no risk without a day on which it is looked at again, and that day lies ahead."""
    if facts.review_on is None:
        return at_field("review_on", "Say when it is looked at again.")
    if facts.has_passed(facts.review_on):
        return at_field("review_on", "The day of the next review has passed. Choose one that lies ahead.")
    return None


def has_a_treatment(facts: RiskFacts) -> str | None:
    """6.1.3-a: treating means a planned action with an owner, a day and a priority."""
    return None if facts.treatments else "Nothing is planned yet. Enter a treatment with its owner, its day and its priority first."


def says_to_whom(facts: RiskFacts) -> str | None:
    """Transferring names who bears it from now on."""
    return missing("Transferring needs", ("transferred_to", "who bears it from now on", facts.transferred_to.strip()))


def treatments_are_done_and_judged(facts: RiskFacts) -> str | None:
    """6.1.3-c: what is left is judged when the treatments are done or dropped, and each that was done has a verdict on whether it worked."""
    if facts.open_treatments:
        n = facts.open_treatments
        return f"{n} {'treatment is' if n == 1 else 'treatments are'} not done yet. Finish or drop {'it' if n == 1 else 'them'} first."
    if facts.unjudged_treatments:
        n = facts.unjudged_treatments
        return f"{n} finished {'treatment has' if n == 1 else 'treatments have'} no verdict on whether {'it' if n == 1 else 'they'} worked."
    return None


def has_a_residual_level(facts: RiskFacts) -> str | None:
    """What is left has a likelihood and an effect on the scale, and is not greater than what there was."""
    if gap := missing(
        "Judging what is left needs",
        ("residual_likelihood", "a likelihood", facts.residual_likelihood),
        ("residual_impact", "an effect", facts.residual_impact),
    ):
        return gap
    if facts.residual_level is None:
        return at_field("residual_likelihood", "It lies beyond the scale of the criteria in force. Choose anew.")
    if facts.sign == RISK and facts.level is not None and facts.residual_level > facts.level:
        return at_field(
            "residual_likelihood", f"What is left ({facts.residual_level}) can't be more than before ({facts.level}). Assess it again instead."
        )
    return None


def may_accept_so_much(facts: RiskFacts) -> str | None:
    """W-SOD-6: a risk is accepted by somebody whose role accepts risks up to its level, administrators and owners included."""
    if facts.sign != RISK or facts.residual_level is None:
        return None
    limit = facts.limits.get(facts.mover or 0)
    if limit is not None and limit >= facts.residual_level:
        return None
    whose = "A risk's owner does not accept it above their own limit. " if facts.mover is not None and facts.mover == facts.owner else ""
    own = f"Your role accepts risks up to {limit}." if limit is not None else "No role of yours accepts risks."
    who = f" {facts.authorities} may." if facts.authorities else " Nobody's role reaches so far; let the role table say whose does."
    return f"{whose}Level {facts.residual_level} needs an authority that reaches so far. {own}{who}"


def acceptance_ends(facts: RiskFacts) -> str | None:
    """A risk above the line is accepted until a day that lies ahead, never for good (S-081)."""
    if facts.has_passed(facts.accepted_until):
        return at_field("accepted_until", "That day has passed. Choose one that lies ahead.")
    if facts.must_treat and facts.sign == RISK and facts.accepted_until is None:
        return at_field("accepted_until", "A risk that must be treated is accepted until a day only. Say until when.")
    return None


def acceptance_holds(facts: RiskFacts) -> str | None:
    """An acceptance that has run out is asked for again."""
    if facts.has_passed(facts.accepted_until):
        return "Its acceptance has run out. Assess it again, and let it be accepted anew."
    return None


def is_whole(facts: CriteriaFacts) -> str | None:
    """6.1.2-c: the words fit the size, and the classes cover every level once, without gap or overlap."""
    found = faults_of(facts.scale)
    return at_field(*found[0]) if found else None


def not_by_its_author(facts: CriteriaFacts) -> str | None:
    """W-SOD-1: nobody approves alone what they wrote; until set-up is closed the administrator may."""
    if facts.author is not None and facts.author == facts.mover and not facts.is_set_up_open:
        return "Nobody approves what they wrote. Somebody else with that authority can."
    return None


is_described.reads = ("cause", "consequence", "owner", "likelihood", "impact")  # type: ignore[attr-defined]
has_a_level.reads = ("likelihood", "impact")  # type: ignore[attr-defined]
says_what_customers_feel.reads = ("customer_impact",)  # type: ignore[attr-defined]
will_be_looked_at_again.reads = ("review_on",)  # type: ignore[attr-defined]
says_to_whom.reads = ("transferred_to",)  # type: ignore[attr-defined]
has_a_residual_level.reads = ("residual_likelihood", "residual_impact")  # type: ignore[attr-defined]
acceptance_ends.reads = ("accepted_until",)  # type: ignore[attr-defined]

ASSESSED = ("cause", "consequence", "owner", "likelihood", "impact")
LEFT = ("residual_likelihood", "residual_impact")

RISK_FLOW = Workflow(
    initial="identified",
    states=states(
        ("identified", "new", "Identified"),
        ("assessed", "active", "Assessed"),
        ("evaluated", "decide", "Evaluated"),
        ("in_treatment", "active", "Being treated"),
        ("residual_assessed", "decide", "What is left assessed"),
        ("accepted", "ready", "Accepted"),
        ("monitored", "waiting", "Watched"),
        ("closed", "closed", "Closed"),
        ("dismissed", "dropped", "Is none"),
    ),
    moves=(
        Move("assess", ("identified",), "assessed", "Assess", guards=(there_are_criteria, is_described, has_a_level), asks=ASSESSED, is_primary=True),
        Move(
            "evaluate", ("assessed",), "evaluated", "Evaluate",
            guards=(there_are_criteria, has_a_level, says_what_customers_feel, will_be_looked_at_again), asks=("customer_impact", "review_on"),
            is_primary=True,
        ),
        Move("treat", ("evaluated",), "in_treatment", "Treat", guards=(has_a_treatment,), is_primary=True),
        Move("tolerate", ("evaluated",), "residual_assessed", "Tolerate", guards=(there_are_criteria, has_a_level), asks_note=True),
        Move("transfer", ("evaluated",), "in_treatment", "Transfer", guards=(says_to_whom,), asks=("transferred_to",), asks_note=True),
        Move("terminate", ("evaluated", "in_treatment"), "closed", "Terminate what causes it", asks_note=True),
        Move(
            "assess_residual", ("in_treatment",), "residual_assessed", "Assess what is left",
            guards=(there_are_criteria, treatments_are_done_and_judged, has_a_residual_level), asks=LEFT, is_primary=True,
        ),
        Move("treat_more", ("residual_assessed",), "in_treatment", "Treat further", asks_note=True),
        Move(
            "accept", ("residual_assessed",), "accepted", "Accept",
            guards=(may_accept_so_much, acceptance_ends, will_be_looked_at_again), asks=("accepted_until", "review_on"),
            asks_note=True, is_primary=True,
        ),
        Move(
            "monitor", ("accepted",), "monitored", "Watch", guards=(will_be_looked_at_again, acceptance_holds), asks=("review_on",), is_primary=True,
        ),
        Move("keep", ("monitored",), "monitored", "Reviewed, stays as it is", guards=(will_be_looked_at_again, acceptance_holds),
             asks=("review_on",), asks_note=True, is_primary=True),
        Move("assess_again", ("evaluated", "in_treatment", "residual_assessed", "accepted", "monitored"), "assessed", "Assess again", asks_note=True),
        Move("close", ("accepted", "monitored"), "closed", "Close", asks_note=True),
        Move("dismiss", ("identified", "assessed"), "dismissed", "It is none", asks_note=True),
        Move("reopen", ("closed", "dismissed"), "identified", "Take up again", asks_note=True),
    ),
)  # fmt: skip

CRITERIA_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("proposed", "decide", "Proposed"),
        ("in_force", "done", "In force"),
        ("superseded", "closed", "Superseded"),
        ("withdrawn", "dropped", "Withdrawn"),
    ),
    moves=(
        Move("propose", ("draft",), "proposed", "Propose", guards=(is_whole,), is_primary=True),
        Move("approve", ("proposed",), "in_force", "Approve", guards=(is_whole, not_by_its_author), is_primary=True),
        Move("take_back", ("proposed",), "draft", "Take back", asks_note=True),
        Move("withdraw", ("draft", "proposed"), "withdrawn", "Withdraw", asks_note=True),
        Move("supersede", ("in_force",), "superseded", "Supersede", asks_note=True),
        Move("draft_again", ("withdrawn",), "draft", "Draft again", asks_note=True),
    ),
)
