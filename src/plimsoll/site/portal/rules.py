"""What is said to people about how their thing stands: decisions only; runs without Django."""

from __future__ import annotations

PAST, NOW, COMING, NO = "past", "now", "", "no"
STEPS = ("Received", "Being worked on", "Done", "Closed")
_AT = {"new": 0, "ready": 1, "decide": 1, "active": 1, "waiting": 1, "done": 2, "closed": 3}


def progress(category: str, *, is_their_turn: bool = False, answered: bool = False, is_reader: bool = True) -> list[tuple[str, str]]:
    """The line of dots: each step with past, now or still to come. What was dropped ends there.

    `is_reader`: is the one whose turn it would be the one who reads it? To others of the organisation it names that it is not their turn.
    """
    if category == "dropped":
        return [(STEPS[0], PAST), ("Not done", NO)]
    at = _AT.get(category, 1)
    words = list(STEPS)
    if is_their_turn and category == "waiting" and not answered:
        words[1] = "Waiting for you" if is_reader else "Waiting for %(asker)s"
    if category == "done":
        words[2] = "Done, you confirm" if is_reader else "Done, %(asker)s confirms"
    return [(word, PAST if n < at else NOW if n == at else COMING) for n, word in enumerate(words)]


def next_step(
    category: str, *, team: str = "", is_their_turn: bool = False, answered: bool = False, decides: bool = False, is_reader: bool = True
) -> str:
    """What happens next, in a sentence that needs no knowledge of how we work."""
    if category == "new":
        return "We have it. Somebody reads it next and gives it to the people who can help."
    if is_their_turn and category == "waiting" and not is_reader:
        return "%(asker)s has answered. We read it and go on." if answered else "We need an answer from %(asker)s before we can go on."
    if is_their_turn and category == "waiting":
        return "You have answered. We read it and go on." if answered else "We need an answer from you before we can go on."
    if category == "waiting":
        return "It waits for somebody outside our team. We go on as soon as they have answered."
    if category == "decide" and decides:
        return "It waits for your decision."
    if category == "decide":
        return "It waits for a decision. You hear from us when it is made."
    if category == "ready":
        return f"It is with {team}, who take it up next." if team else "It is with the people who can help, who take it up next."
    if category == "active":
        return f"{team} work on it now." if team else "It is being worked on now."
    if category == "done" and not is_reader:
        return "We think it is done. %(asker)s is asked to confirm it, or to open it again."
    if category == "done":
        return "We think it is done. Say whether it is: confirm it, or open it again."
    if category == "closed":
        return "It is over. If it comes back, open it again or report it anew."
    return "It was not done. If you still need it, say so below, or ask for it anew."


def says_impact(harm: str) -> tuple[int, int]:
    """Impact and urgency from how bad it is in plain words."""
    return {"stopped": (1, 1), "many": (1, 2), "slow": (2, 2), "mine": (2, 1), "question": (3, 3)}.get(harm, (3, 3))
