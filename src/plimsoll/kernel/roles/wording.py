"""What a role may do, in words of people: its words by the labels of kinds and moves, and its limits. For print, pages and comparison (S-035)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.wording import say_with
from plimsoll.kernel.figures.blanks import Words
from plimsoll.kernel.records.declaration import RecordType, declared

# Acts by which somebody decides for others, whatever the kind; the rest is work.
DECIDING = frozenset(
    {"accept", "agree", "apply", "approve", "archive", "confirm", "go_live", "offer", "publish", "put_in_force", "refuse", "reject", "retire"}
    | {"send_back", "sign", "start_retiring", "take_effect", "withdraw"}
)
READING = frozenset({"read", "internal"})
ACTS = {
    "open": gettext_lazy("open"),
    "amend": gettext_lazy("change"),
    "comment": gettext_lazy("comment"),
    "redact": gettext_lazy("erase texts of"),
}
# Words of no kind of record.
OF_THE_HOUSE = {
    "person:read": gettext_lazy("sees people"),
    "person:keep": gettext_lazy("keeps people and their access"),
    "person:erase": gettext_lazy("erases a person’s data by order"),
    "team:keep": gettext_lazy("keeps teams"),
    "organization:read": gettext_lazy("sees organisations"),
    "organization:keep": gettext_lazy("keeps organisations"),
    "field:define": gettext_lazy("defines fields"),
    "workflow:change": gettext_lazy("changes workflows"),
    "settings:change": gettext_lazy("changes settings"),
    "view:share": gettext_lazy("shares lists with everybody"),
    "job:see": gettext_lazy("sees jobs"),
    "trail:see": gettext_lazy("sees the trail of settings"),
    "import:run": gettext_lazy("imports"),
    "export:run": gettext_lazy("exports"),
    "indicator:read": gettext_lazy("reads figures"),
    "indicator:keep": gettext_lazy("sets targets of figures"),
    "evidence:read": gettext_lazy("reads what the records prove"),
    "evidence:assess": gettext_lazy("has the records asked what they prove"),
    "evidence:tolerate": gettext_lazy("decides how many requirements may fall short"),
}
# The same words where a refusal names what was about to be done.
DOING = {
    "person:read": gettext_lazy("seeing people"),
    "person:keep": gettext_lazy("keeping people and their access"),
    "person:erase": gettext_lazy("erasing a person’s data"),
    "team:keep": gettext_lazy("keeping teams"),
    "organization:read": gettext_lazy("seeing organisations"),
    "organization:keep": gettext_lazy("keeping organisations"),
    "field:define": gettext_lazy("defining fields"),
    "workflow:change": gettext_lazy("changing workflows"),
    "settings:change": gettext_lazy("changing settings"),
    "view:share": gettext_lazy("sharing lists with everybody"),
    "job:see": gettext_lazy("seeing jobs"),
    "trail:see": gettext_lazy("seeing the trail of settings"),
    "import:run": gettext_lazy("importing"),
    "export:run": gettext_lazy("exporting"),
    "indicator:read": gettext_lazy("reading figures"),
    "indicator:keep": gettext_lazy("setting targets of figures"),
    "evidence:read": gettext_lazy("reading what the records prove"),
    "evidence:assess": gettext_lazy("having the records asked what they prove"),
    "evidence:tolerate": gettext_lazy("deciding how many requirements may fall short"),
}
DOING_WITH = {
    "read": gettext_lazy("seeing %(kinds)s"),
    "internal": gettext_lazy("seeing what is internal about %(kinds)s"),
    "open": gettext_lazy("opening %(kinds)s"),
    "amend": gettext_lazy("changing %(kinds)s"),
    "comment": gettext_lazy("commenting on %(kinds)s"),
    "redact": gettext_lazy("erasing texts of %(kinds)s"),
    "*": gettext_lazy("everything with %(kinds)s"),
}
_limits: dict[str, Words] = {"totp_required": gettext_lazy("signs in with a second factor")}


def name_limit(name: str, phrase: Words) -> None:
    """Say how a limit reads; called by the room that enforces it. `%(value)s` stands for the limit."""
    _limits[name] = phrase


def authorities(words: Iterable[str]) -> list[str]:
    """What words allow, as sentences: everything of which kinds, decisions, work, reading, and acts of the house. In the order of the clauses."""
    types = {t.kind: t for t in declared()}
    order = {kind: place for place, kind in enumerate(types)}
    everything: dict[str, None] = {}
    decides: dict[str, dict[str, None]] = {}
    works: dict[str, dict[str, None]] = {}
    reads: dict[str, None] = {}
    house: list[str] = []
    for word in sorted(words, key=lambda w: (order.get(w.partition(":")[0], -1), w)):
        kind, _colon, act = word.partition(":")
        action, _at, reach = act.partition("@")
        if kind == "class":
            house.append(_("sees what is %(class)s") % {"class": action.replace("_", " ")})
            continue
        if f"{kind}:{action}" in OF_THE_HOUSE:
            house.append(str(OF_THE_HOUSE[f"{kind}:{action}"]))
            continue
        of = _kind(types, kind) + (_(" (own)") if reach else "")
        if action == "*":
            everything[of] = None
        elif action in READING:
            reads[of] = None
        else:
            (decides if action in DECIDING else works).setdefault(of, {})[_act(types.get(kind), action)] = None
    found = [_("Everything with %(kinds)s") % {"kinds": ", ".join(everything)}] if everything else []
    found += [_("Decides on %(acts)s") % {"acts": _listed(decides)}] if decides else []
    found += [_("Works on %(acts)s") % {"acts": _listed(works)}] if works else []
    only_read = [kind for kind in reads if kind not in everything and kind not in decides and kind not in works]
    found += [_("Reads %(kinds)s") % {"kinds": ", ".join(only_read)}] if only_read else []
    return [*found, *([", ".join(house)[:1].upper() + ", ".join(house)[1:]] if house else [])]


def doing(word: str) -> str:
    """What a single word allows, as the doing of it: "seeing incidents", "“Start work” on incidents", "changing settings"."""
    kind, _colon, act = word.partition(":")
    action = act.partition("@")[0]
    if f"{kind}:{action}" in DOING:
        return str(DOING[f"{kind}:{action}"])
    types = {t.kind: t for t in declared()}
    kinds = _kind(types, kind)
    if action in DOING_WITH:
        return str(DOING_WITH[action]) % {"kinds": kinds}
    named = {m.name: m.title for m in types[kind].workflow.moves} if kind in types else {}
    title = str(named.get(action, "")) or action.replace("_", " ").capitalize()
    return _("“%(act)s” on %(kinds)s") % {"act": title, "kinds": kinds}


def limits_in_words(limits: Mapping[str, Any]) -> list[str]:
    """Each limit as a phrase; one that this version does not know by its own name."""
    found = []
    for name, value in limits.items():
        if name in _limits:
            if value is not False:
                found.append(str(_limits[name]) % {"value": value})
            continue
        told = {True: _("yes"), False: _("no")}.get(value, value) if isinstance(value, bool) else value
        found.append(f"{name.replace('_', ' ')}: {told}")
    return found


def _kind(types: Mapping[str, RecordType], kind: str) -> str:
    return _("records of every kind") if kind == "*" else types[kind].plural_label if kind in types else kind.replace("_", " ")


def _act(record_type: RecordType | None, action: str) -> str:
    if action in ACTS:
        return str(ACTS[action])
    named = {m.name: m.title for m in record_type.workflow.moves} if record_type is not None else {}
    said = named.get(action, action.replace("_", " "))
    return said[:1].lower() + said[1:]


def _listed(kinds: Mapping[str, Mapping[str, None]]) -> str:
    return "; ".join(f"{kind} ({', '.join(acts)})" for kind, acts in kinds.items())


say_with(doing)

__all__ = ["authorities", "doing", "limits_in_words", "name_limit"]
