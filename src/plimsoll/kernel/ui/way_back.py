"""The way back to a page from which somebody was sent elsewhere to fill something in: kept in the session until they are back there."""

from __future__ import annotations

from django.http import HttpRequest

KEY = "way_back"


def remember(request: HttpRequest, href: str, label: str) -> None:
    """From now on every page names the way back there."""
    request.session[KEY] = [href, label]


def leave(request: HttpRequest, href: str) -> None:
    """They are back (or gave it up): forget it, if it is this one."""
    if (request.session.get(KEY) or [""])[0] == href:
        del request.session[KEY]


def way_back(request: HttpRequest) -> dict[str, str] | None:
    """Where it leads, for the frame of every page."""
    session = getattr(request, "session", None)
    kept = session.get(KEY) if session is not None else None
    return {"href": kept[0], "label": kept[1]} if kept and kept[0] != request.path else None
