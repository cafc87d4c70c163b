"""The workflow of an article (7.6): drafted, reviewed by somebody else, published, reviewed again, retired. Runs without Django."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

TEXTS = ("title", "summary", "body", "audience")  # what an edition freezes
SETTLED = ("published", "expired", "retired")  # states in which the text is the newest edition's


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge. `last_author` and `mover` are people's numbers; the text changes when the move itself would change it.

    `waits_for` is the number of a document that the article implements and that is not in force.
    """

    body: str = ""
    owner: int | None = None
    last_author: int | None = None
    mover: int | None = None
    has_review_date: bool = False
    is_text_changing: bool = False
    waits_for: str = ""
    note: str = ""


def has_a_text(facts: Facts) -> str | None:
    """Nothing empty goes to review."""
    return None if facts.body.strip() else at_field("body", "Write the article first.")


def has_an_owner_and_review(facts: Facts) -> str | None:
    """Published means that somebody keeps it true, until a day on which it is looked at again."""
    return missing(
        "A published article needs",
        ("owner", "an owner", facts.owner),
        ("review_due_date", "a day on which it is reviewed", facts.has_review_date),
    )


def not_by_its_author(facts: Facts) -> str | None:
    """Whoever wrote it last does not publish it alone (W-SOD-1)."""
    if facts.mover is not None and facts.mover == facts.last_author:
        return "Nobody publishes what they wrote last. Somebody else with that authority can."
    return None


def as_it_was_reviewed(facts: Facts) -> str | None:
    """The text that was read is the text that is published: no move changes it on the way."""
    return "The text changes before the review, not with this step. Save the change first." if facts.is_text_changing else None


def its_document_is_in_force(facts: Facts) -> str | None:
    """What implements a controlled document is published once that document is approved (W-KN-2)."""
    return f"It implements {facts.waits_for}, which is not in force. Let that be approved first." if facts.waits_for else None


has_a_text.reads = ("body",)  # type: ignore[attr-defined]
has_an_owner_and_review.reads = ("owner", "review_due_date")  # type: ignore[attr-defined]

ARTICLE_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("in_review", "decide", "In review"),
        ("published", "done", "Published"),
        ("expired", "waiting", "Review overdue"),
        ("retired", "closed", "Retired"),
    ),
    moves=(
        Move("submit", ("draft",), "in_review", "Ask for review", guards=(has_a_text,), is_primary=True),
        Move("send_back", ("in_review",), "draft", "Send back", asks_note=True),
        Move(
            "publish",
            ("in_review",),
            "published",
            "Publish",
            guards=(has_a_text, has_an_owner_and_review, not_by_its_author, as_it_was_reviewed, its_document_is_in_force),
            asks=("owner", "review_due_date"),
            is_primary=True,
        ),
        Move("revise", ("published", "expired"), "draft", "Revise"),
        Move("expire", ("published",), "expired", "Mark as overdue", guards=(as_it_was_reviewed,)),
        Move(
            "confirm",
            ("expired", "published"),
            "published",
            "Still true",
            guards=(has_an_owner_and_review, as_it_was_reviewed, its_document_is_in_force),
            asks=("review_due_date",),
            needs=("review_due_date",),
        ),
        Move("retire", ("draft", "published", "expired"), "retired", "Retire", guards=(as_it_was_reviewed,), asks_note=True),
        Move("restore", ("retired",), "draft", "Take up again"),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison. `kind`: same, added, removed, or gap (lines left out, of which `text` says how many)."""

    kind: str
    text: str


def compare(old: str, new: str, around: int = 3) -> list[Line]:
    """Two texts line by line as a unified difference with some lines around each change; empty when they are equal."""
    lines: list[Line] = []
    before, after = old.splitlines(), new.splitlines()
    for number, group in enumerate(difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(around)):
        if number or group[0][1]:
            lines.append(Line("gap", "…"))
        for tag, i, j, k, m in group:
            if tag == "equal":
                lines += [Line("same", text) for text in before[i:j]]
                continue
            lines += [Line("removed", text) for text in before[i:j]]
            lines += [Line("added", text) for text in after[k:m]]
    return lines
