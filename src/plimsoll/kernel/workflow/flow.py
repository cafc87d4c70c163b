"""A workflow is data: states and the arrows between them. It knows nothing of models or screens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plimsoll.kernel.workflow.refusing import at_field

# Every state of every workflow falls in one of these; logic asks for the category, never for the name (design.md, section 4).
CATEGORIES = ("new", "ready", "active", "waiting", "decide", "done", "closed", "dropped")
OPEN_CATEGORIES = ("new", "ready", "active", "waiting", "decide")
ENDED_CATEGORIES = ("done", "closed", "dropped")

Guard = Callable[[Any], str | None]


class WorkflowError(ValueError):
    """A workflow that contradicts itself, with a sentence that names the fault."""


class UnknownMove(KeyError):
    """No arrow of that name. `args[0]` is a sentence."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class State:
    """One state: its stored name, its category, and the word people read."""

    name: str
    category: str
    label: str

    @property
    def is_open(self) -> bool:
        return self.category in OPEN_CATEGORIES


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow. Its name is at once the button, the API word, the permission and the verb in the trail.

    `asks` names fields that the move's form offers; `needs` those without which it is refused.
    A guard takes the facts of the record and returns None, or the reason for refusing as a sentence; where fields are missing it names
    them (`missing`, `at_field`), so that a form shows it there.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    label: str = ""
    guards: tuple[Guard, ...] = ()
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    is_primary: bool = False
    primary_in: tuple[str, ...] = ()  # where it is the one thing to do next, though elsewhere it is not
    is_for_requester: bool = False
    is_added: bool = False
    asks_note: bool = False

    @property
    def title(self) -> str:
        return self.label or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Workflow:
    """States and arrows of one kind, with the guards that an organization may switch on (`optional_guards`).

    `requesters_turn` names the states in which whoever asked for the record is waited for: for an answer, or to confirm.
    """

    initial: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    optional_guards: Mapping[str, tuple[str, Guard]] = field(default_factory=dict)  # name -> (move, guard)
    requesters_turn: tuple[str, ...] = ()
    _by_state: dict[str, State] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)
    _by_move: dict[str, Move] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_state.update({s.name: s for s in self.states})
        self._by_move.update({m.name: m for m in self.moves})
        if faults := self.faults():
            raise WorkflowError(" ".join(faults))

    def faults(self) -> list[str]:
        """What contradicts itself, a sentence each; empty when sound."""
        names = [s.name for s in self.states]
        faults = [f"The state “{n}” is named twice." for n in sorted({n for n in names if names.count(n) > 1})]
        moves = [m.name for m in self.moves]
        faults += [f"The move “{n}” is named twice." for n in sorted({n for n in moves if moves.count(n) > 1})]
        faults += [f"The state “{s.name}” has the unknown category “{s.category}”." for s in self.states if s.category not in CATEGORIES]
        if self.initial not in names:
            faults.append(f"The first state “{self.initial}” is not among the states.")
        faults += [f"The unknown state “{n}” is called the requester's turn." for n in self.requesters_turn if n not in names]
        for move in self.moves:
            faults += [f"The move “{move.name}” names the unknown state “{n}”." for n in (*move.sources, move.target) if n not in names]
        if not faults:
            faults += [f"The state “{n}” can never be reached." for n in names if n not in self.reachable()]
        return faults

    def reachable(self) -> set[str]:
        """States that some path of arrows leads to."""
        seen, frontier = {self.initial}, [self.initial]
        while frontier:
            here = frontier.pop()
            for move in self.moves:
                if here in move.sources and move.target not in seen:
                    seen.add(move.target)
                    frontier.append(move.target)
        return seen

    def state(self, name: str) -> State:
        """The state of that stored name; a name that left the workflow reads as an ended state of its own name."""
        return self._by_state.get(name) or State(name, "closed", name.replace("_", " ").capitalize())

    def knows(self, name: str) -> bool:
        return name in self._by_state

    def move(self, name: str) -> Move:
        """The arrow of that name, or `UnknownMove`."""
        try:
            return self._by_move[name]
        except KeyError:
            raise UnknownMove(f"There is no move “{name}”. There are: {', '.join(self._by_move)}.") from None

    def moves_from(self, state: str) -> tuple[Move, ...]:
        """The arrows that leave a state, in declared order, primary first."""
        leaving = [replace(m, is_primary=m.is_primary or state in m.primary_in) for m in self.moves if state in m.sources]
        return tuple(sorted(leaving, key=lambda m: not m.is_primary))

    def refusals(self, move: Move, state: str, facts: Any, values: Mapping[str, Any]) -> list[str]:
        """Why this move can't be made now: wrong state, missing fields, guards. Empty when it can.

        `values` are the record's field values after what the move would set; `facts` is the workflow's dataclass.
        """
        if state not in move.sources:
            wanted = " or ".join(self.state(s).label.lower() for s in move.sources)
            return [f"It is {self.state(state).label.lower()}; “{move.title}” needs {wanted}."]
        reasons: list[str] = [at_field(n, f"“{move.title}” needs {n.replace('_', ' ')}.") for n in move.needs if values.get(n) in (None, "", [])]
        reasons += [reason for guard in move.guards if (reason := guard(facts))]
        return reasons

    def with_changes(self, changes: Mapping[str, Any]) -> "Workflow":
        """This workflow as an organization changed it: labels, more states in a category, more arrows, optional guards on.

        What the code ships stays: nothing is taken away, required guards and categories are not touched.
        Raises `WorkflowError` with a sentence when the change contradicts the workflow.
        """
        labels = changes.get("labels", {})
        unknown = [n for n in labels if n not in self._by_state and n not in {s["name"] for s in changes.get("states", ())}]
        if unknown:
            raise WorkflowError(f"There is no state “{unknown[0]}” to rename.")
        states = [replace(s, label=labels.get(s.name, s.label)) for s in self.states]
        for added in changes.get("states", ()):
            if not {"name", "category", "label"} <= set(added):
                raise WorkflowError("An added state needs a name, a category and a label.")
            states.append(State(added["name"], added["category"], labels.get(added["name"], added["label"])))
        moves = list(self.moves)
        for added in changes.get("moves", ()):
            if not {"name", "sources", "target"} <= set(added):
                raise WorkflowError("An added move needs a name, its sources and a target.")
            moves.append(
                Move(
                    added["name"],
                    tuple(added["sources"]),
                    added["target"],
                    added.get("label", ""),
                    is_added=True,
                    needs=tuple(added.get("needs", ())),
                    asks=tuple(added.get("asks", ())),
                )
            )
        for name, sources in changes.get("extend", {}).items():
            if name not in self._by_move:
                raise WorkflowError(f"There is no move “{name}” to extend.")
            moves = [replace(m, sources=(*m.sources, *(n for n in sources if n not in m.sources))) if m.name == name else m for m in moves]
        for name in changes.get("guards", ()):
            if name not in self.optional_guards:
                raise WorkflowError(f"There is no optional guard “{name}”.")
            on, guard = self.optional_guards[name]
            moves = [replace(m, guards=(*m.guards, guard)) if m.name == on else m for m in moves]
        return Workflow(self.initial, tuple(states), tuple(moves), self.optional_guards, self.requesters_turn)


def states(*rows: Sequence[str]) -> tuple[State, ...]:
    """Shorthand for a declaration: `states(("new", "new", "New"), …)`."""
    return tuple(State(*row) for row in rows)
