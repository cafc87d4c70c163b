"""The workflow of a document (W-DC): drafted, reviewed, approved by the role that must, valid, reviewed again. Runs without Django."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

# States in which the text is being written; a version in force may stand beside them.
WRITTEN = ("draft",)
MOST_NAMED = 8  # open fields that a refusal names; the page lists all


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge. People are numbers. `open_fields` is asked only where it matters, as it resolves every field of the text."""

    body: str = ""
    change_description: str = ""
    owner_role: int | None = None
    approver_role: int | None = None
    approver_title: str = ""
    review_months: int | None = None
    authors: frozenset[int] = frozenset()
    approvers: frozenset[int] = frozenset()
    mover: int | None = None
    in_force: str = ""
    is_text_changing: bool = False
    outside: str = ""
    outside_reason: str = ""
    open_remarks: tuple[str, ...] = ()  # those that must be settled
    waits_for_page: bool = False
    late_below: tuple[str, ...] = ()
    open_fields: Callable[[], tuple[str, ...]] = tuple
    condition: Callable[[], str] = str  # what a room above asks before it is approved; asked only where it matters
    note: str = ""


def has_a_text(facts: Facts) -> str | None:
    """Nothing empty goes to review."""
    return None if facts.body.strip() else at_field("body", "Write the document first.")


def says_what_changes(facts: Facts) -> str | None:
    """Every version says what is new in it (S-010)."""
    return (
        None
        if facts.change_description.strip()
        else at_field("change_description", "Say what this version changes; it stands in the change history.")
    )


def has_roles_and_interval(facts: Facts) -> str | None:
    """A document is owned by a role, approved by a role, and looked at again."""
    return missing(
        "A document under control needs",
        ("owner_role", "the role that owns it", facts.owner_role),
        ("approver_role", "the role that approves it", facts.approver_role),
        ("review_months", "the months until it is reviewed", facts.review_months),
    )


def is_complete(facts: Facts) -> str | None:
    """No field is open (S-003): each is filled from records, overridden with a reason, or confirmed as none."""
    found = facts.open_fields()
    if not found:
        return None
    more = f" And {len(found) - MOST_NAMED} more." if len(found) > MOST_NAMED else ""
    return f"{len(found)} {'field is' if len(found) == 1 else 'fields are'} open. " + " ".join(found[:MOST_NAMED]) + more


def by_the_role_that_must(facts: Facts) -> str | None:
    """A document is approved by a holder of the role that it names, whoever else may approve documents (S-008, S-101)."""
    if facts.mover is not None and facts.mover not in facts.approvers:
        return (
            f"Only a holder of “{facts.approver_title}” approves this document."
            if facts.approver_title
            else "Nobody approves it yet: it names no role."
        )
    return None


def not_by_its_author(facts: Facts) -> str | None:
    """Whoever wrote in this version does not approve it (W-SOD-1), administrators included."""
    if facts.mover is not None and facts.mover in facts.authors:
        return "Nobody approves what they wrote. Another holder of the role can."
    return None


def may_come_into_force(facts: Facts) -> str | None:
    """Where a room above asks for more, such as a change of the management system that names it, that is there (S-090)."""
    return facts.condition() or None


def as_it_was_reviewed(facts: Facts) -> str | None:
    """What was read is what is approved: no move changes the text on the way."""
    return "The text changes before the review, not with this step. Save the change first." if facts.is_text_changing else None


def has_a_version_in_force(facts: Facts) -> str | None:
    """Only where something is in force can a draft be thrown away: else withdraw the document."""
    return None if facts.in_force else "No version is in force; withdraw the document instead."


def says_why_nobody_outside(facts: Facts) -> str | None:
    """A document that nobody outside reads says why (5.2.2-b)."""
    if facts.outside == "nobody" and not facts.outside_reason.strip():
        return at_field("outside_reason", "Say why nobody outside reads it.")
    return None


def settles_remarks(facts: Facts) -> str | None:
    """A remark that must be settled is settled before the approval."""
    if not facts.open_remarks:
        return None
    more = f" And {len(facts.open_remarks) - MOST_NAMED} more." if len(facts.open_remarks) > MOST_NAMED else ""
    return "A remark must be settled first. " + " ".join(facts.open_remarks[:MOST_NAMED]) + more


def is_signed_on_paper(facts: Facts) -> str | None:
    """Where the organisation prescribes paper, approval waits for the scan of the signed page (S-097)."""
    return (
        "Documents are signed on paper here. Print the draft, have it signed, and attach the scan of that page first."
        if facts.waits_for_page
        else None
    )


def nothing_below_is_overdue(facts: Facts) -> str | None:
    """A plan is not reviewed while a document under it is overdue (S-094)."""
    return f"First review what belongs under it and is overdue: {', '.join(facts.late_below[:MOST_NAMED])}." if facts.late_below else None


has_a_text.reads = ("body",)  # type: ignore[attr-defined]
says_why_nobody_outside.reads = ("outside", "outside_reason")  # type: ignore[attr-defined]
says_what_changes.reads = ("change_description",)  # type: ignore[attr-defined]
has_roles_and_interval.reads = ("owner_role", "approver_role", "review_months")  # type: ignore[attr-defined]

DOCUMENT_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("in_review", "decide", "In review"),
        ("approved", "ready", "Approved, not yet valid"),
        ("valid", "active", "Valid"),
        ("overdue", "waiting", "Review overdue"),
        ("withdrawn", "dropped", "Withdrawn"),
        ("archived", "closed", "Archived"),
    ),
    moves=(
        Move(
            "submit",
            ("draft",),
            "in_review",
            "Ask for review",
            guards=(has_a_text, has_roles_and_interval, says_what_changes, says_why_nobody_outside, is_complete),
            asks=("change_description",),
            is_primary=True,
        ),
        Move("send_back", ("in_review",), "draft", "Send back", asks_note=True),
        Move(
            "approve",
            ("in_review",),
            "approved",
            "Approve",
            guards=(
                as_it_was_reviewed,
                is_complete,
                settles_remarks,
                by_the_role_that_must,
                not_by_its_author,
                is_signed_on_paper,
                nothing_below_is_overdue,
                may_come_into_force,
            ),
            is_primary=True,
        ),
        Move("take_effect", ("approved",), "valid", "Make valid now", asks_note=True),
        Move("revise", ("valid", "overdue"), "draft", "Draft the next version", is_primary=True),
        Move("discard", ("draft",), "draft", "Throw the draft away", guards=(has_a_version_in_force,), asks_note=True),
        Move("become_overdue", ("valid",), "overdue", "Mark as overdue", guards=(as_it_was_reviewed,)),
        Move(
            "confirm",
            ("valid", "overdue"),
            "valid",
            "Reviewed: still true",
            guards=(as_it_was_reviewed, by_the_role_that_must, nothing_below_is_overdue),
            asks_note=True,
        ),
        Move("withdraw", ("draft", "valid", "overdue"), "withdrawn", "Withdraw", guards=(as_it_was_reviewed,), asks_note=True),
        Move("take_up", ("withdrawn",), "draft", "Take up again"),
        Move("archive", ("withdrawn",), "archived", "Archive"),
    ),
)
