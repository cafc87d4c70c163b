"""What forms keep while somebody writes: `/drafts/`. Asked by drafts.js; every answer is about the asker's own drafts only."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from plimsoll.kernel.drafts.models import Draft
from plimsoll.kernel.drafts.operations import draft_of, forget_draft, keep_draft
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.ui.context import SignedInView


class DraftsPage(SignedInView):
    """GET `?place=` reads a draft, POST keeps it (`values`: JSON of lists of texts by field), POST without values forgets it.

    Each answer names who is signed in, and the token that this session's forms need: after signing in again in another tab a page that
    stands open learns both, and sends what it held.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, draft_of(self.person, request.GET.get("place", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        place = request.POST.get("place", "")
        if request.POST.get("who", str(self.person.pk)) != str(self.person.pk):
            # The page was opened by somebody else in this browser: what they typed is not this person's.
            return JsonResponse({"detail": _("Somebody else is signed in now."), "who": self.person.pk}, status=409)
        if not request.POST.get("values"):
            forget_draft(person=self.person, place=place)
            return self._answer(request, None)
        try:
            values = json.loads(request.POST["values"])
        except ValueError:
            return JsonResponse({"detail": _("The values are no JSON.")}, status=422)
        try:
            return self._answer(request, keep_draft(person=self.person, place=place, values=values))
        except Faulty as error:
            return JsonResponse({"detail": " ".join(f.sentence for f in error.faults), "who": self.person.pk}, status=422)

    def _answer(self, request: HttpRequest, draft: Draft | None) -> HttpResponse:
        told: dict[str, object] = {"who": self.person.pk, "token": get_token(request), "values": None, "kept_at": None, "sent_at": None}
        if draft is not None:
            told |= {"values": draft.values or None, "kept_at": draft.kept_at, "sent_at": draft.sent_at}
        return JsonResponse(told)


drafts_page = never_cache(DraftsPage.as_view())
