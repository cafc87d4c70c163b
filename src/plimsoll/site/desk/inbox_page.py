"""The inbox: what one was told, newest first; read one by one, or all at once."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.notifications.operations import read, words_of
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.context import SignedInView, address_of

MOST = 50


class InboxPage(SignedInView):
    """`/inbox/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Notice.objects.filter(person_id=self.person.pk, card__isnull=False).select_related("card", "entry__actor")
        if (mark := whole(request.GET.get("before", ""))) is not None:
            rows = rows.filter(pk__lt=mark)
        notices = list(rows.order_by("-id")[: MOST + 1])
        older = f"?before={notices[MOST - 1].pk}" if len(notices) > MOST else ""
        notices = notices[:MOST]
        # What was told is shown only while its record may still be seen.
        seen = {c.pk for part in visible_cards(self.person, Card.objects.filter(pk__in={n.card_id for n in notices})) for c in part}
        items = []
        for notice in notices:
            if notice.card is not None and notice.card_id in seen:
                title, sentence = words_of(notice)
                items.append(
                    {
                        "id": notice.pk,
                        "title": title,
                        "sentence": sentence,
                        "at": notice.created_at,
                        "is_unread": notice.read_at is None,
                        "ref": notice.card.reference,
                        "href": f"/inbox/{notice.pk}/",
                    }
                )
        return render(
            request,
            "desk/inbox.html",
            {"items": items, "older": older, "has_unread": any(i["is_unread"] for i in items), "crumbs": [(_("Inbox"), "")], "dock_at": "inbox"},
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = [number for k in request.POST.getlist("notice") if (number := whole(k)) is not None]
        read(self.person, keys or None)
        return HttpResponseRedirect("/inbox/")


class NoticePage(SignedInView):
    """`/inbox/{number}/`: marks it as read and leads to the record."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        notice = Notice.objects.filter(pk=min(number, 2**63 - 1), person_id=self.person.pk).select_related("card").first()
        if notice is None or notice.card is None:
            raise Http404
        read(self.person, card=notice.card)
        return HttpResponseRedirect(address_of(notice.card, type_named(notice.card.kind)))
