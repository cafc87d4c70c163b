"""Search over all kinds as an endpoint: the same question as the page's box, with the same walls."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.api.problems import BASE, bad_parameter
from plimsoll.kernel.api.reading import answer, check_parameters, limit_of, links_of, person_of
from plimsoll.kernel.api.records import View
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.search.queries import find


def find_records(request: HttpRequest) -> HttpResponse:
    """Records that hold all the words, newest first; `jump` is the record whose number the text is."""
    person = person_of(request)
    check_parameters(request, ("q", "limit", "cursor"))
    text, mark = request.GET.get("q", "").strip(), request.GET.get("cursor", "")
    if "\x00" in text or len(text) > 200:
        raise bad_parameter({"q": [_("At most 200 characters are taken.")]})
    before = whole(mark) if mark else None
    if mark and before is None:
        raise bad_parameter({"cursor": [_("This page mark is not one of ours. Take it from the link of the page before, or leave it out.")]})
    found = find(person, text, before=before, size=limit_of(request))
    items = [_form(hit.card) | {"snippet": hit.snippet} for hit in found.hits]
    return answer(
        {"items": items, "jump": _form(found.jump) if found.jump else None}, link=links_of(request, str(found.next) if found.next else None, None)
    )


def _form(card: Card) -> dict[str, object]:
    record_type = type_named(card.kind)
    return {
        "kind": card.kind,
        "reference": card.reference,
        "number": card.number,
        "title": card.title,
        "state": card.state,
        "category": card.category,
        "url": f"{BASE}/{record_type.plural_kind}/{card.number}",
    }


VIEWS: dict[str, View] = {"find_records": find_records}
