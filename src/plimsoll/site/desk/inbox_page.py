"""The inbox: what one was told, by record, the newest first; read one by one, by record or all at once, with undo; records made quiet."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import from_micros, micros, now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.notifications.operations import mute, read, unread, unread_count, words_of
from plimsoll.kernel.notifications.queries import NEWEST, Group, inbox, muted_by
from plimsoll.kernel.notifications.rules import KINDS
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.context import SignedInView, address_of, capital
from plimsoll.kernel.ui.filter_bar import unused
from plimsoll.site.desk.notice_words import ONLY_AT_WORK, kind_label
from plimsoll.site.portal.leading import is_customer
from plimsoll.site.portal.shell import followed

KNOWN = ("kind", "type", "unread", "before")
MOST_COUNTED = 100


class InboxPage(SignedInView):
    """`/inbox/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = self._asked(request)
        newest = Notice.objects.filter(person_id=self.person.pk).order_by("-pk").values_list("pk", flat=True).first()  # before what is shown is read
        groups, more = inbox(
            self.person,
            before=whole(request.GET.get("before", "")),
            kind=asked.get("kind", ""),
            record_kind=asked.get("type", ""),
            only_unread="unread" in asked,
        )
        is_served = is_customer(self.person)
        kinds = followed() if is_served else declared()
        readable = [rt for rt in kinds if not reach(self.person, f"{rt.kind}:read").is_empty]
        return render(
            request,
            "desk/inbox.html",
            {
                "items": [_item(group) for group in groups],
                "older": "?" + urlencode({**asked, "before": more}) if more else "",
                "newer": "?" + urlencode(asked) if "before" in request.GET else "",
                "asked": asked,
                "kinds": [(kind, kind_label(kind)) for kind in KINDS if not (is_served and kind in ONLY_AT_WORK)],
                "types": [(rt.kind, capital(rt.plural_label)) for rt in readable],
                "faults": unused([name for name in request.GET if name not in KNOWN]),
                "newest": newest or 0,
                "crumbs": [(_("Inbox"), "")],
                "dock_at": "inbox",
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark as read: `notice`s by number, all of one `record`, or all that the filters show up to the `newest` there was; or `mute` a record."""
        if (quiet := whole(request.POST.get("mute", ""))) is not None:
            card = _card_or_404(self, quiet)
            mute(self.person, card, is_muted=True)
            messages.success(request, _("You are told no more of %(ref)s.") % {"ref": card.reference}, extra_tags=f"undo:/inbox/muted/{card.pk}/")
            return HttpResponseRedirect(request.get_full_path())
        moment = now()
        if "notice" in request.POST:
            n = read(self.person, [number for k in request.POST.getlist("notice") if (number := whole(k)) is not None], at=moment)
        elif "record" in request.POST:
            n = read(self.person, card=whole(request.POST["record"]) or 0, at=moment)
        else:
            asked, newest = self._asked(request), whole(request.POST.get("newest", ""))
            n = read(self.person, kind=asked.get("kind", ""), record_kind=asked.get("type", ""), until=newest, at=moment)
        if n:
            said = ngettext("%(n)d is marked as read.", "%(n)d are marked as read.", n) % {"n": n}
            messages.success(request, said, extra_tags=f"undo:/inbox/unread/{micros(moment)}/")
        return HttpResponseRedirect(request.get_full_path())

    def _asked(self, request: HttpRequest) -> dict[str, str]:
        """The filters in force; what is no filter is left out."""
        asked = {}
        if (kind := request.GET.get("kind", "")) in KINDS:
            asked["kind"] = kind
        if any(rt.kind == request.GET.get("type", "") for rt in declared()):
            asked["type"] = request.GET["type"]
        if request.GET.get("unread"):
            asked["unread"] = "1"
        return asked


def _item(group: Group) -> dict[str, Any]:
    """One record as the page shows it: its newest notice in words, then the few before."""
    told = [
        {"id": n.pk, "sentence": words_of(n)[1], "kind": kind_label(n.kind), "at": n.created_at, "is_unread": n.read_at is None}
        for n in group.notices
    ]
    return {
        "card": group.card.pk,
        "ref": group.card.reference,
        "title": group.card.title,
        "href": f"/inbox/{group.mark}/",
        "first": told[0] if told else None,
        "rest": told[1:],
        "is_cut": len(told) == NEWEST,
        "unread": group.unread,
        "is_muted": group.is_muted,
    }


def _card_or_404(page: SignedInView, number: int) -> Card:
    found = next((c for part in visible_cards(page.person, Card.objects.filter(pk=number)) for c in part), None)
    if found is None:
        raise Http404
    return found


def _undone(request: HttpRequest) -> HttpResponse | None:
    """What a script is answered that undoes and then shows the page anew; None for a form."""
    return HttpResponse(status=204) if request.headers.get("X-Requested-With") == "fetch" else None


class NoticePage(SignedInView):
    """`/inbox/{number}/`: marks all of its record as read and leads there. A link in a mail leads here, so it is a GET; it marks only when
    somebody went there, not when a page fetched it as a picture or ahead of time."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        notice = Notice.objects.filter(pk=min(number, 2**63 - 1), person_id=self.person.pk).select_related("card").first()
        if notice is None or notice.card is None:
            raise Http404
        if request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
            read(self.person, card=notice.card_id)
        return HttpResponseRedirect(address_of(notice.card, type_named(notice.card.kind)))


class UnreadPage(SignedInView):
    """`/inbox/unread/{moment}/`: undoes one act of marking as read. POST only."""

    def get(self, request: HttpRequest, moment: int) -> HttpResponse:
        return HttpResponseRedirect("/inbox/")

    def post(self, request: HttpRequest, moment: int) -> HttpResponse:
        unread(self.person, from_micros(min(moment, 10**16)))
        return _undone(request) or HttpResponseRedirect("/inbox/")


class MutedPage(SignedInView):
    """`/inbox/muted/`: the records of which one hears no more; and `/inbox/muted/{card}/`, which takes a POST: hear of it again."""

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        if number:
            return HttpResponseRedirect("/inbox/muted/")
        crumbs = [(_("Inbox"), "/inbox/"), (_("Muted"), "")]
        return render(request, "desk/inbox_muted.html", {"cards": muted_by(self.person), "crumbs": crumbs, "dock_at": "inbox"})

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        card = _card_or_404(self, number)
        mute(self.person, card, is_muted=False)
        if (answer := _undone(request)) is not None:
            return answer
        messages.success(request, _("You are told of %(ref)s again.") % {"ref": card.reference})
        return HttpResponseRedirect("/inbox/muted/")


class LiveInboxPage(SignedInView):
    """`/inbox/live/?seen=`: how much is unread, for the bell of every page; and whether something came since, for the inbox."""

    def get(self, request: HttpRequest) -> HttpResponse:
        n = unread_count(self.person)
        told = {
            "n": n,
            "label": ngettext("Inbox, %(n)d unread", "Inbox, %(n)d unread", n) % {"n": n} if n else _("Inbox, nothing unread"),
            "sentence": "",
            "href": "/inbox/",
        }
        if (seen := whole(request.GET.get("seen", ""))) is not None:
            new = Notice.objects.filter(person_id=self.person.pk, pk__gt=seen, card__isnull=False)[:MOST_COUNTED].count()
            told["sentence"] = (ngettext("%(n)d new. Show it", "%(n)d new. Show them", new) % {"n": new}) if new else ""
        tag = f'"{sha256(repr(told).encode()).hexdigest()[:20]}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        return JsonResponse(told, headers={"ETag": tag})
