"""The workflow of an article (7.6): drafted, reviewed by somebody else, published, reviewed again, retired. Runs without Django."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.kernel.workflow import Move, Workflow, states


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge. `last_author` and `mover` are people's numbers."""

    body: str = ""
    owner: int | None = None
    last_author: int | None = None
    mover: int | None = None
    has_review_date: bool = False
    note: str = ""


def has_a_text(facts: Facts) -> str | None:
    """Nothing empty goes to review."""
    return None if facts.body.strip() else "Write the article first."


def has_an_owner_and_review(facts: Facts) -> str | None:
    """Published means that somebody keeps it true, until a day on which it is looked at again."""
    if facts.owner is None:
        return "A published article needs an owner."
    return None if facts.has_review_date else "A published article needs a day on which it is reviewed."


def not_by_its_author(facts: Facts) -> str | None:
    """Whoever wrote it last does not publish it alone (W-SOD-1)."""
    if facts.mover is not None and facts.mover == facts.last_author:
        return "Nobody publishes what they wrote last. Somebody else with that authority can."
    return None


has_a_text.reads = ("body",)  # type: ignore[attr-defined]
has_an_owner_and_review.reads = ("owner", "review_due_date")  # type: ignore[attr-defined]

ARTICLE_FLOW = Workflow(
    initial="draft",
    states=states(("draft", "new", "Draft"), ("in_review", "decide", "In review"), ("published", "done", "Published"),
                  ("expired", "waiting", "Review overdue"), ("retired", "closed", "Retired")),
    moves=(
        Move("submit", ("draft",), "in_review", "Ask for review", guards=(has_a_text,), is_primary=True),
        Move("send_back", ("in_review",), "draft", "Send back", asks_note=True),
        Move("publish", ("in_review",), "published", "Publish", guards=(has_a_text, has_an_owner_and_review, not_by_its_author),
             asks=("owner", "review_due_date"), is_primary=True),
        Move("revise", ("published", "expired"), "draft", "Revise"),
        Move("expire", ("published",), "expired", "Mark as overdue"),
        Move("confirm", ("expired", "published"), "published", "Still true", guards=(has_an_owner_and_review,), asks=("review_due_date",),
             needs=("review_due_date",)),
        Move("retire", ("draft", "published", "expired"), "retired", "Retire", asks_note=True),
        Move("restore", ("retired",), "draft", "Take up again"),
    ),
)
