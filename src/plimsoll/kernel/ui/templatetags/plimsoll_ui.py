"""What the templates of Plimsoll say in one word: icons, states, people, dates, gauges, addresses.

A list page calls these some hundreds of times, so they build short strings by hand and remember what repeats.
Whatever depends on the reader's language is remembered per language; nothing is remembered per person.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.signals import setting_changed
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from plimsoll.kernel.targets.words import priority_name
from plimsoll.kernel.ui.templatetags import _dates
from plimsoll.kernel.ui.templatetags._dates import escape
from plimsoll.kernel.ui.templatetags._rich import as_rich

register = template.Library()


# --- Icons, glyphs, states -------------------------------------------------------------------------------------

# Category of a workflow state -> tone. The glyph has the category's name. The workflow gives the word.
CATEGORIES = {
    "new": "sea",
    "ready": "sea",
    "active": "sea",
    "waiting": "watch",
    "decide": "decide",
    "done": "good",
    "closed": "still",
    "dropped": "still",
}

# Verdict of evidence -> tone, in the order from good to bad. The last three never count as passed.
VERDICTS = {
    "conforms": "good",
    "attested": "good",
    "partly": "watch",
    "fails": "bad",
    "noevidence": "still",
    "nottriggered": "still",
    "noprocess": "still",
    "drift": "watch",
}


@lru_cache(maxsize=1)
def _sprite() -> str:
    return escape(static("plimsoll/sprite.svg"))


@lru_cache(maxsize=1024)
def _use(kind: str, name: str, tone: str = "") -> SafeString:
    toned = f' data-tone="{escape(tone)}"' if tone else ""
    return mark_safe(f'<svg class="{kind}" aria-hidden="true"{toned}><use href="{_sprite()}#{kind}-{escape(name)}"/></svg>')


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "bell" %}``: a Lucide icon, hidden from readers; a word must stand beside it."""
    return _use("i", name)


@register.simple_tag
def glyph(name: str, tone: str = "") -> SafeString:
    """``{% glyph "active" "sea" %}``: one of our shapes, in a tone or in the colour of the text around it."""
    return _use("g", name, tone)


@lru_cache(maxsize=2048)
def _marked(css: str, tone: str, shape: str, label: str) -> SafeString:
    return mark_safe(f'<span class="{css}" data-tone="{escape(tone)}">{_use("g", shape)}<span>{escape(label)}</span></span>')


@register.simple_tag
def state(category: str, label: object, tone: str = "") -> SafeString:
    """``{% state category label %}``: shape, colour and the workflow's own word. ``tone`` overrides (approved is good)."""
    return _marked("state", tone or CATEGORIES.get(category, "still"), category, str(label))


@register.simple_tag
def verdict(kind: str, label: object, tone: str = "") -> SafeString:
    """``{% verdict "partly" "Partly present" %}``: a verdict of evidence."""
    return _marked(
        "verdict",
        tone or VERDICTS.get(kind) or CATEGORIES.get(kind, "still"),
        kind,
        str(label),
    )


@lru_cache(maxsize=256)
def _priority(number: int, language: str | None) -> SafeString:
    title = escape(gettext("Priority %(word)s") % {"word": priority_name(number)})
    return mark_safe(f'<span class="prio" data-prio="{number}" title="{title} ({number})"><span class="sr">{title} </span>{number}</span>')


@register.simple_tag
def priority(number: int | None) -> SafeString:
    """``{% priority 2 %}``: the numeral in its box; nothing when there is no priority."""
    return _priority(int(number), get_language()) if number else SafeString("")


# --- People ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _initials(name: str) -> str:
    parts = [part for part in re.split(r"[\s.]+", name) if part[:1].isalpha()]
    if not parts:
        return name[:1].upper()
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


@lru_cache(maxsize=4096)
def _face(name: str, size: str) -> SafeString:
    big = ' data-size="l"' if size == "l" else ""
    if not name:
        return mark_safe(f'<span class="face nobody"{big} aria-hidden="true"></span>')
    return mark_safe(f'<span class="face"{big} aria-hidden="true">{escape(_initials(name))}</span>')


@register.simple_tag
def face(person_name: object = "", size: str = "") -> SafeString:
    """``{% face "Dev Chauhan" %}`` or with ``"l"``: initials in a circle, hidden from readers; the name stands beside."""
    return _face(str(person_name or ""), size)


@lru_cache(maxsize=4096)
def _who(name: str, language: str | None) -> SafeString:
    if not name:
        return mark_safe(f'<span class="who">{_face("", "")}<span class="ref">{escape(gettext("Nobody"))}</span></span>')
    return mark_safe(f'<span class="who">{_face(name, "")}<span>{escape(name)}</span></span>')


@register.simple_tag
def who(name: object = "") -> SafeString:
    """``{% who person_name %}``: face and name; *Nobody* when empty."""
    return _who(str(name or ""), get_language())


# --- Dates, durations, text: worked out next door ---------------------------------------------------------------

duration = register.filter("duration", _dates.duration)
ago = register.filter("ago", _dates.ago)
moment = register.filter("moment", _dates.moment)
at = register.filter("at", _dates.at)

# {% rich text %} and {{ text|rich }} are the same.
register.simple_tag(as_rich, name="rich")
register.filter("rich", as_rich)


# --- The line: gauge, tide -------------------------------------------------------------------------------------


def fitness_of(level: float | None) -> str:
    """Fit below 0.8, near to 1, over above; unknown without a measure, which never counts as fit."""
    if level is None:
        return "unknown"
    return "fit" if level < 0.8 else "near" if level <= 1 else "over"


@lru_cache(maxsize=2048)
def _gauge(level: float | None, size: str, label: str) -> SafeString:
    water = ""
    if level is not None and level > 0.01:
        shown = min(level, 1.98)  # at exactly two the arc would end where it began, and nothing would be drawn
        y = 16 + 8.1 - shown * 8.1
        w = math.sqrt(8.1**2 - (y - 16) ** 2)
        water = f'<path class="water" d="M{16 - w:.2f} {y:.2f}A8.1 8.1 0 {1 if shown > 1 else 0} 0 {16 + w:.2f} {y:.2f}z"/>'
    # The large gauge is drawn finer, so that it does not shout.
    stroke, gap, cut = ("1.5", "M3 16h26", "2.8") if size == "l" else ("2.6", "M2.5 16h27", "5.0")
    sized = f' data-size="{size}"' if size in ("s", "m", "l") else ""
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(
        f'<svg class="gauge"{sized} data-fit="{fitness_of(level)}" viewBox="0 0 32 32" {said}>{water}'
        f'<circle class="ring" cx="16" cy="16" r="10" stroke-width="{stroke}"/>'
        f'<path class="cut" d="{gap}" stroke-width="{cut}"/>'
        f'<path class="line" d="M.8 16h30.4" stroke-width="{stroke}"/></svg>'
    )


@register.simple_tag
def gauge(level: float | str | None = None, size: str = "", label: object = "") -> SafeString:
    """``{% gauge level size label %}``: load against the line. ``None`` is not measured; a label only where no word stands."""
    if level is None or level == "":
        return _gauge(None, size, str(label or ""))
    return _gauge(round(float(level), 2), size, str(label or ""))


@lru_cache(maxsize=8192)
def _tide(kind: str, share: float) -> str:
    return (
        '<svg class="tide" viewBox="0 0 44 10" aria-hidden="true"><rect class="trk" y="3" width="34" height="4"/>'
        f'<rect class="run" y="3" width="{min(share * 34, 44):.1f}" height="4"/><path class="lim" d="M34 0v10"/></svg>'
    )


@register.simple_tag
def clock(kind: str, verb: object = "", words: object = "", share: float | None = None) -> SafeString:
    """``{% clock "run" "resolve in" "1 h 47 min" 0.55 %}``: a clock in a row. ``kind``: run near late paused met none.

    ``share`` is what is used of the limit; the bar passes the line when it is above one.
    """
    bar = _tide(kind, round(float(share), 3)) if share is not None and kind != "none" else ""
    before = f'<span class="ref">{escape(verb)}</span> ' if verb else ""
    said = f"<b>{escape(words)}</b>" if kind != "none" else escape(words)
    return SafeString(f'<span class="clock" data-clock="{escape(kind)}">{bar}<span>{before}{said}</span></span>')


@register.filter
def fitness_word(level: float | str | None) -> str:
    """``{{ level|fitness_word }}``: Fit, Near the line, Over the line, Not measured."""
    return {
        "fit": gettext("Fit"),
        "near": gettext("Near the line"),
        "over": gettext("Over the line"),
        "unknown": gettext("Not measured"),
    }[fitness_of(None if level in (None, "") else float(level))]


# --- Addresses -------------------------------------------------------------------------------------------------

# Where one stands in a list belongs to the old question; a new filter starts from the top.
_PLACES = ("after", "before", "page")


def _query(context: Any) -> list[tuple[str, str]]:
    request = context.get("request")
    if request is None:
        return []
    return [(key, value) for key, values in request.GET.lists() for value in values]


def _address(pairs: list[tuple[str, str]]) -> SafeString:
    return SafeString("?" + escape(urlencode(pairs)))


@register.simple_tag(takes_context=True)
def query_with(context: Any, **changes: Any) -> SafeString:
    """``{% query_with sort="due" team=None %}``: this page's query string with keys set (a list sets several) or taken out."""
    keep_place = bool(set(changes) & set(_PLACES))
    pairs = [(k, v) for k, v in _query(context) if k not in changes and (keep_place or k not in _PLACES)]
    if keep_place:
        pairs = [(k, v) for k, v in pairs if k not in _PLACES]
    for key, value in changes.items():
        if value is None or value == "":
            continue
        pairs += [(key, v) for v in value] if isinstance(value, (list, tuple)) else [(key, value)]
    return _address(pairs)


@register.simple_tag(takes_context=True)
def query_add(context: Any, key: str, value: Any) -> SafeString:
    """``{% query_add "state" "open" %}``: one more value of a filter that takes several."""
    pairs = [(k, v) for k, v in _query(context) if k not in _PLACES and (k, v) != (key, str(value))]
    return _address([*pairs, (key, value)])


@register.simple_tag(takes_context=True)
def query_without(context: Any, key: str, value: Any = None) -> SafeString:
    """``{% query_without "state" "open" %}``: without this value, or without the whole filter when no value is named."""
    return _address([(k, v) for k, v in _query(context) if k not in _PLACES and (k != key or (value is not None and v != str(value)))])


# --- What never changes -----------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _still(name: str, language: str | None) -> SafeString:
    return SafeString(render_to_string(name))


@register.simple_tag
def still(name: str) -> SafeString:
    """``{% still "ui/_words.html" %}``: a fragment without context, drawn once per language: fifty translations a page cost a millisecond."""
    return _still(name, get_language())


# --- Small helpers of our own templates ------------------------------------------------------------------------


@register.filter
def tone_of(category: str) -> str:
    """``{{ category|tone_of }}``: the tone of a state category."""
    return CATEGORIES.get(category, "still")


@register.filter
def nav_items(group: Any) -> Any:
    """The entries of a navigation group. A plain ``group.items`` would find the method of a dict."""
    return group.get("items") or [] if isinstance(group, dict) else getattr(group, "items", None) or []


@register.filter
def undo_address(message: Any) -> str:
    """Where a message can be undone: ``messages.success(request, text, extra_tags="undo:/address/")``."""
    for word in (getattr(message, "extra_tags", "") or "").split():
        if word.startswith("undo:"):
            return word[5:]
    return ""


def _forget(**kwargs: Any) -> None:
    """A test that changes the place of static files must not see the old address."""
    if kwargs.get("setting") in {"STATIC_URL", "STORAGES", "FORCE_SCRIPT_NAME"}:
        for cached in (_sprite, _use, _marked, _still):
            cached.cache_clear()


setting_changed.connect(_forget)

__all__ = ["CATEGORIES", "VERDICTS", "ago", "at", "duration", "fitness_of", "moment"]
