"""The workflow of an interested party (4.2): decisions only; runs without Django."""

from __future__ import annotations

from plimsoll.kernel.workflow import Move, Workflow, states

UNASKED = "unasked"
OPEN = ("relevant",)  # states in which its requirements may change

PARTY_FLOW = Workflow(
    initial="relevant",
    states=states(("relevant", "active", "Relevant"), ("past", "closed", "No longer relevant")),
    moves=(
        Move("end", ("relevant",), "past", "They are no longer relevant", asks_note=True),
        Move("take_up", ("past",), "relevant", "Take up again", asks_note=True),
    ),
)
