"""The status page: for the people whom a major incident affects, what is known of it and when they hear more."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.ui.context import SignedInView
from plimsoll.resolution.majors.queries import DECLARE, FOLLOW, PublicMajor, may_follow, open_majors_for, recent_majors_for, waiting_proposals


class StatusPage(SignedInView):
    """`/status/`: what is disrupted now, and what was lately."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_follow(self.person):
            raise Refused(sentence(self.person, FOLLOW))
        moment = now()
        running = open_majors_for(self.person)
        may_open = not reach(self.person, DECLARE).is_empty
        return render(
            request,
            "majors/status.html",
            {
                "running": [(major, major.is_late(moment)) for major in running],
                "lately": recent_majors_for(self.person, moment),
                "sign": sign_of(running),
                "proposed": waiting_proposals(self.person) if may_open else [],
                "crumbs": [(_("Status"), "")],
            },
        )


def sign_of(majors: list[PublicMajor]) -> str:
    """A short text that changes when there is news."""
    return sha256(repr(majors).encode()).hexdigest()[:16]


class StatusNewsPage(SignedInView):
    """`/status/news/?seen=`: whether the page is old, for the strip over it. Answers 304 while nothing changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_follow(self.person):
            raise Refused(sentence(self.person, FOLLOW))
        sign = sign_of(open_majors_for(self.person))
        tag = f'"{sign}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        is_old = request.GET.get("seen") != sign
        return JsonResponse({"sentence": _("There is news. Show it") if is_old else "", "href": "/status/"}, headers={"ETag": tag})
