"""What processes in force fill into documents: the register, its map, interfaces and matrix, who does what; and one process for its own (D-16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.processes.drawing import Box, process_map
from plimsoll.context.processes.models import Duty, Factor, Interface, Process
from plimsoll.context.processes.queries import Register, process_about, register_of, served_by
from plimsoll.context.processes.rules import LETTERS, listed
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, Words, declare_blank
from plimsoll.kernel.figures.definitions import UnknownIndicator, indicator_named
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.sources import Neighbour, source_of, source_of_card
from plimsoll.kernel.roles.fields import holders_of
from plimsoll.kernel.roles.models import Role


def role_words(role: Role | None, held: dict[int, list[str]]) -> str:
    """“Incident manager (Dev Chauhan)”; empty without a role."""
    if role is None:
        return ""
    return f"{role.title} ({', '.join(held.get(role.pk, ())) or _('nobody')})"


def in_a_row(words: Sequence[str]) -> str:
    """One, two and three."""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s and %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def _titles(cards: Iterable[Neighbour], kind: str) -> str:
    return ", ".join(card.title for card in cards if card.kind == kind)


def processes_list(asked: Asked) -> Value:
    """S-034, S-052: every process in force with its purpose, clauses, owner, manager and objectives."""
    register = register_of(asked.tenant, in_force=True)
    held, served = holders_of(asked), served_by(asked.tenant)
    rows = [
        Row(
            (
                p.title,
                p.purpose,
                p.clauses,
                p.get_stage_display(),
                role_words(p.owner_role, held),
                role_words(p.manager_role, held),
                _titles(served.get(p.pk, ()), "objective"),
            ),
            source_of(p),
            tuple(source_of(role) for role in (p.owner_role, p.manager_role) if role is not None),
        )
        for p in register.processes
    ]
    return Value(columns=(_("Process"), _("Purpose"), _("Clauses"), _("Stage"), _("Owner"), _("Manager"), _("Objectives")), rows=tuple(rows))


def drawn(register: Register) -> str:
    """The map of a register."""
    boxes = [Box(p.pk, p.title, p.stage, p.state == "in_force") for p in register.processes]
    arrows = [(i.process_id, i.to_id) for i in register.interfaces()]
    return process_map(boxes, arrows, [(name, str(words)) for name, words in Process.STAGES], title=_("Process map: an arrow is what passes"))


def twin(register: Register) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """What the map shows, as a table."""
    rows = [
        Row(
            (
                p.title,
                p.get_stage_display(),
                ", ".join(dict.fromkeys(i.to.title for i in register.gives.get(p.pk, ()))),
                ", ".join(dict.fromkeys(sorted(i.process.title for i in register.receives.get(p.pk, ())))),
            ),
            source_of(p),
        )
        for p in register.processes
    ]
    return (_("Process"), _("Stage"), _("Gives to"), _("Receives from")), tuple(rows)


def processes_map(asked: Asked) -> Value:
    """S-106: the processes in the lanes of their stages, with what passes between them."""
    register = register_of(asked.tenant, in_force=True)
    columns, rows = twin(register)
    return Value(columns=columns, rows=rows, svg=drawn(register))


INTERFACE_COLUMNS = (
    gettext_lazy("From"),
    gettext_lazy("To"),
    gettext_lazy("What passes"),
    gettext_lazy("Type"),
    gettext_lazy("Method"),
    gettext_lazy("How often"),
    gettext_lazy("Trigger"),
)


def interface_row(interface: Interface) -> Row:
    return Row(
        (
            interface.process.title,
            interface.to.title,
            interface.information,
            str(interface.get_type_display()),
            str(interface.get_method_display()),
            str(interface.get_frequency_display()),
            interface.trigger,
        ),
        source_of(interface.process),
    )


def interfaces(asked: Asked) -> Value:
    """S-070: what passes between processes in force: information, type, method, frequency, trigger."""
    register = register_of(asked.tenant, in_force=True)
    return Value(columns=tuple(str(c) for c in INTERFACE_COLUMNS), rows=tuple(interface_row(i) for i in register.interfaces()))


def matrix(asked: Asked) -> Value:
    """S-053: rows give, columns receive; each number says how many things pass."""
    register = register_of(asked.tenant, in_force=True)
    rows = []
    for giver in register.processes:
        counts = [sum(1 for i in register.gives.get(giver.pk, ()) if i.to_id == other.pk) for other in register.processes]
        rows.append(Row((f"{giver.reference} {giver.title}", *(str(n or "") for n in counts)), source_of(giver)))
    return Value(columns=(_("Gives"), *(p.reference for p in register.processes)), rows=tuple(rows))


def _in_letters(duties: Iterable[Duty]) -> tuple[str, ...]:
    """Who is R, A, C and I, each in a cell."""
    rows = list(duties)
    return tuple(", ".join(d.role.title for d in rows if d.letter == letter) for letter in LETTERS)


def _raci(register: Register, *, with_process: bool) -> Iterator[Row]:
    for process in register.processes:
        for activity in register.activities.get(process.pk, ()):
            first = (process.title,) if with_process else ()
            yield Row((*first, activity.name, *_in_letters(register.duties.get(activity.pk, ()))), source_of(process))


RACI_COLUMNS = (
    gettext_lazy("Does it (R)"),
    gettext_lazy("Is accountable (A)"),
    gettext_lazy("Is asked (C)"),
    gettext_lazy("Is told (I)"),
)


def raci(asked: Asked) -> Value:
    """S-034: for each activity of each process in force who does it, who is accountable, who is asked, who is told."""
    register = register_of(asked.tenant, in_force=True)
    columns = (_("Process"), _("Activity"), *(str(c) for c in RACI_COLUMNS))
    return Value(columns=columns, rows=tuple(_raci(register, with_process=True)))


def managers(asked: Asked) -> Value:
    """F-34: the roles that run the processes in force, within a sentence."""
    register = register_of(asked.tenant, in_force=True)
    roles = list(dict.fromkeys(p.manager_role.title for p in register.processes if p.manager_role is not None))
    return Value(in_a_row(sorted(roles, key=str.casefold)), sources=tuple(source_of(p) for p in register.processes))


FACTOR_COLUMNS = (
    gettext_lazy("Critical success factor"),
    gettext_lazy("Indicator"),
    gettext_lazy("Formula"),
    gettext_lazy("Target"),
    gettext_lazy("Threshold"),
)


def _factor(factor: Factor) -> tuple[str, ...]:
    title = formula = ""
    if factor.indicator:
        try:
            found = indicator_named(factor.indicator)
            title, formula = f"{found.code} {found.title}", str(found.formula)
        except UnknownIndicator:
            title = factor.indicator
    return factor.name, title, formula, factor.target, factor.threshold


def measured(asked: Asked) -> Value:
    """S-085: each process in force with its success factors, their indicators, and who runs it and so answers for them."""
    register = register_of(asked.tenant, in_force=True)
    rows = [
        Row((p.title, *_factor(factor), p.manager_role.title if p.manager_role else ""), source_of(p))
        for p in register.processes
        for factor in register.factors.get(p.pk, ())
    ]
    return Value(columns=(_("Process"), *(str(c) for c in FACTOR_COLUMNS), _("Answers for it")), rows=tuple(rows))


# One process, for the document that is about it (D-16)


def of_one(tell: Callable[[Process, Asked], Value]) -> Callable[[Asked], Value]:
    """A field of the process that a document is about; empty where it is about none."""

    def resolve(asked: Asked) -> Value:
        process = process_about(asked.tenant, asked.about)
        return tell(process, asked) if process is not None else Value()

    return resolve


def text_of(name: str) -> Callable[[Asked], Value]:
    return of_one(lambda process, asked: Value(str(getattr(process, name)).strip(), sources=(source_of(process),)))


def role_of(name: str) -> Callable[[Asked], Value]:
    return of_one(lambda process, asked: Value(role_words(getattr(process, name), holders_of(asked)), sources=(source_of(process),)))


def _one(process: Process) -> Register:
    return register_of(process.tenant, only=(process.pk,))


def statements(process: Process, asked: Asked) -> Value:
    """S-052: the objectives and the documents, such as the policy, that the process is linked to."""
    cards = served_by(asked.tenant).get(process.pk, ())
    rows = [Row((type_named(card.kind).label.capitalize(), card.reference, card.title), source_of_card(card)) for card in cards]
    return Value(columns=(_("What"), _("Number"), _("Title")), rows=tuple(rows), sources=(source_of(process),))


def rules(process: Process, asked: Asked) -> Value:
    lines = [line.strip(" -") for line in process.rules.splitlines()]
    return Value(rows=tuple(Row((line,), source_of(process)) for line in lines if line))


def passing_in(process: Process, register: Register) -> list[tuple[str, str]]:
    """What a process uses and who gives it: its inputs, and what others give to it."""
    told = [(i.information, i.process.title) for i in register.receives.get(process.pk, ())]
    return [(f.name, f.outside) for f in register.flows.get(process.pk, ()) if f.direction == "input"] + told


def passing_out(process: Process, register: Register) -> list[tuple[str, str]]:
    """What a process makes and who gets it."""
    told = [(i.information, i.to.title) for i in register.gives.get(process.pk, ())]
    return [(f.name, f.outside) for f in register.flows.get(process.pk, ()) if f.direction == "output"] + told


def inputs(process: Process, asked: Asked) -> Value:
    """S-071: what the process uses, and which process or who outside gives it."""
    whole = register_of(asked.tenant)
    rows = [
        Row((what, giver or ", ".join(p.title for p in whole.makers_of(what) if p.pk != process.pk)), source_of(process))
        for what, giver in passing_in(process, whole)
    ]
    return Value(columns=(_("Input"), _("From")), rows=tuple(rows))


def outputs(process: Process, asked: Asked) -> Value:
    rows = [Row(pair, source_of(process)) for pair in passing_out(process, _one(process))]
    return Value(columns=(_("Output"), _("To")), rows=tuple(rows))


def activities(process: Process, asked: Asked) -> Value:
    rows = [Row((a.name, a.trigger, a.text, a.result, a.due), source_of(process)) for a in _one(process).activities.get(process.pk, ())]
    return Value(columns=(_("Activity"), _("Triggered by"), _("What is done"), _("Result"), _("By when")), rows=tuple(rows))


def raci_of(process: Process, asked: Asked) -> Value:
    """S-034: who does what in the process."""
    columns = (_("Activity"), *(str(c) for c in RACI_COLUMNS))
    return Value(columns=columns, rows=tuple(_raci(_one(process), with_process=False)))


def resources(process: Process, asked: Asked) -> Value:
    """S-037: the four kinds of resources that the process needs."""
    told = ((_("People"), process.people), (_("Tools"), process.tools), (_("Information"), process.information), (_("Money"), process.money))
    return Value(columns=(_("Kind"), _("What is needed")), rows=tuple(Row((kind, text), source_of(process)) for kind, text in told if text.strip()))


def interfaces_of(process: Process, asked: Asked) -> Value:
    """S-070, S-071: what the process gives and receives."""
    register = _one(process)
    rows = [interface_row(i) for i in (*register.gives.get(process.pk, ()), *register.receives.get(process.pk, ()))]
    return Value(columns=tuple(str(c) for c in INTERFACE_COLUMNS), rows=tuple(rows))


def indicators_of(process: Process, asked: Asked) -> Value:
    """S-085: success factors of the process with their indicators."""
    rows = [Row(_factor(factor), source_of(process)) for factor in _one(process).factors.get(process.pk, ())]
    return Value(columns=tuple(str(c) for c in FACTOR_COLUMNS), rows=tuple(rows))


def records_of(process: Process, asked: Asked) -> Value:
    rows = [Row((type_named(kind).plural_label.capitalize(),), source_of(process)) for kind in listed(process.kinds)]
    return Value(rows=tuple(rows))


_REGISTER = gettext_lazy("In the register of processes.")
_ON_ITS_PAGE = gettext_lazy("On the page of the process that the document is about; say on the document which one that is.")
_ROLES = ("role", "assignment", "person", "team")


def _declare(name: str, title: Words, shape: Any, resolve: Callable[[Asked], Value], ids: tuple[str, ...], *kinds: str) -> None:
    is_one = name.startswith("process.")
    where, href = (_ON_ITS_PAGE, "/processes/") if is_one else (_REGISTER, "/processes/map/")
    declare_blank(Blank(name, title, shape, ("process", *kinds), where, resolve, href, ids))


_declare("processes.list", gettext_lazy("Processes"), "table", processes_list, ("S-034", "S-052", "D-15"), "objective", *_ROLES)
_declare("processes.map", gettext_lazy("Process map"), "picture", processes_map, ("S-106", "D-15"))
_declare("processes.interfaces", gettext_lazy("Interfaces between processes"), "table", interfaces, ("S-070", "D-15"))
_declare("processes.matrix", gettext_lazy("Matrix of interfaces"), "table", matrix, ("S-053", "S-070", "D-15"))
_declare("processes.raci", gettext_lazy("Who does what in each process"), "table", raci, ("S-034", "D-08"), "role")
_declare("processes.managers", gettext_lazy("Process managers"), "text", managers, ("F-34", "S-086"), "role")
_declare("measurement.indicators", gettext_lazy("Success factors and indicators by process"), "table", measured, ("S-085", "D-64"), "role")
for _name, _title, _ids in (
    ("title", gettext_lazy("Name of the process"), ("D-16",)),
    ("purpose", gettext_lazy("Purpose of the process"), ("D-16",)),
    ("covers", gettext_lazy("What the process covers"), ("D-16",)),
    ("clauses", gettext_lazy("Clauses that the process serves"), ("D-16",)),
):
    _declare(f"process.{'scope' if _name == 'covers' else _name}", _title, "text", text_of(_name), _ids)
_declare("process.owner", gettext_lazy("Owner of the process"), "text", role_of("owner_role"), ("S-034", "D-16"), *_ROLES)
_declare("process.manager", gettext_lazy("Manager of the process"), "text", role_of("manager_role"), ("S-034", "D-16"), *_ROLES)
_declare(
    "process.statements",
    gettext_lazy("Objectives and policies that the process serves"),
    "table",
    of_one(statements),
    ("S-052", "S-135", "D-16"),
    "objective",
    "document",
)
_declare("process.rules", gettext_lazy("Rules of the process"), "list", of_one(rules), ("S-035", "D-16"))
_declare("process.inputs", gettext_lazy("Inputs of the process"), "table", of_one(inputs), ("S-071", "D-16"))
_declare("process.outputs", gettext_lazy("Outputs of the process"), "table", of_one(outputs), ("S-071", "D-16"))
_declare("process.activities", gettext_lazy("Activities of the process"), "table", of_one(activities), ("D-16",))
_declare("process.raci", gettext_lazy("Who does what in the process"), "table", of_one(raci_of), ("S-034", "D-16"), "role")
_declare("process.resources", gettext_lazy("Resources of the process"), "table", of_one(resources), ("S-037", "D-16"))
_declare("process.interfaces", gettext_lazy("Interfaces of the process"), "table", of_one(interfaces_of), ("S-070", "S-071", "D-16"))
_declare(
    "process.indicators", gettext_lazy("Success factors and indicators of the process"), "table", of_one(indicators_of), ("S-085", "S-087", "D-16")
)
_declare("process.records", gettext_lazy("Records that the process leaves"), "list", of_one(records_of), ("D-16",))
