"""What every derived page begins with: who asks, the record or a 404, addresses and crumbs. It knows no kind of record."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject, empty
from django.utils.translation import gettext as _
from django.views.generic import View

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.drafts.operations import MOST_ADDRESS, claim_sending, draft_sent, give_up_sending
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.register.models import BIGGEST_NUMBER, Card

WAITS = (0.1, 0.2, 0.4, 0.8, 1.5)  # seconds that a second arrival of a sending waits for the first


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in, with tenant and organization; None for nobody. Unwrapped, so that what is kept on the person stays on it."""
    user: Any = request.user
    if isinstance(user, SimpleLazyObject):
        user.pk  # noqa: B018 (loads what is wrapped)
        user = user._wrapped if user._wrapped is not empty else None
    return user if isinstance(user, Person) and user.tenant_id is not None else None


def address(record_type: RecordType, number: int | None = None, *tail: str) -> str:
    """The address of a list, of a record, or of something under either. By hand: `reverse` costs more than the row it is for."""
    parts = [record_type.plural_kind, *([str(number)] if number is not None else []), *tail]
    return f"/{'/'.join(parts)}/"


def address_of(record: Record | Card, record_type: RecordType, *tail: str) -> str:
    return address(record_type, record.number, *tail)


@lru_cache(maxsize=512)
def exists(href: str) -> bool:
    """Is there a page at this address? What is not built yet is offered nowhere."""
    try:
        resolve(href.partition("?")[0])
    except Resolver404:
        return False
    return True


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


class SignedInView(View):
    """A page for people who are signed in; everybody else is led to the sign-in and back."""

    person: Person

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        if person is None:
            if request.headers.get("Accept", "").startswith("application/json") or request.headers.get("HX-Request"):
                return JsonResponse({"detail": _("Sign in first.")}, status=401)
            return redirect_to_login(request.get_full_path())
        self.person = person
        place = request.POST.get("draft", "") if request.method == "POST" else ""
        if not place:
            return super().dispatch(request, *args, **kwargs)
        return self._sent_once(place, request.POST.get("sending", ""), lambda: super(SignedInView, self).dispatch(request, *args, **kwargs))

    def _sent_once(self, place: str, sending: str, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """The answer of a form whose words are kept while they are typed: the same sending twice writes once, whatever the second meets."""
        for pause in (*WAITS, 0.0):
            led_to = claim_sending(person=self.person, place=place, sending=sending)
            if led_to is None:
                break
            if led_to:
                return HttpResponseRedirect(led_to)
            time.sleep(pause)
        else:
            messages.warning(
                self.request, _("This was sent a moment ago, and it is not known yet whether it was written. Look for it before you send it again.")
            )
            return HttpResponseRedirect(self.request.path)
        try:
            response = act()
        except (Http404, PermissionDenied):
            give_up_sending(person=self.person, place=place, sending=sending)
            raise  # of whatever else goes wrong nobody knows whether it came before the write or after it: that sending stays taken
        # A form leads on only when what it held was written; every refusal shows it again.
        if response.status_code in (204, 302):
            location = response.get("Location", "")
            led_to = location if 0 < len(location) <= MOST_ADDRESS else self.request.path
            draft_sent(person=self.person, place=place, sending=sending, led_to=led_to)
        else:
            give_up_sending(person=self.person, place=place, sending=sending)
        return response


class DeclaredView(SignedInView):
    """A page of a record type. `as_view(record_type=…)` says which."""

    record_type: ClassVar[RecordType] = None  # type: ignore[assignment]

    def found(self, number: int) -> Record:
        """The record of that number, with its organization and the count of its entries; 404 when it is not there for this person."""
        if number > BIGGEST_NUMBER:
            raise Http404
        rows = self.record_type.model.objects.visible_to(self.person)
        found = rows.filter(tenant_id=self.person.tenant_id or 0, number=number).select_related("organization")
        record = found.annotate(entries_count=F("card__entries")).first()
        if record is None:
            raise Http404
        record.tenant = self.person.tenant  # type: ignore[assignment]
        return record

    def may_open(self) -> bool:
        return not reach(self.person, f"{self.record_type.kind}:open").is_empty

    def crumbs(self, *more: tuple[str, str]) -> list[tuple[str, str]]:
        return [(capital(self.record_type.plural_label), address(self.record_type)), *more]

    def record_crumbs(self, record: Record, *more: tuple[str, str]) -> list[tuple[str, str]]:
        return self.crumbs((record.reference, address_of(record, self.record_type)), *more)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """The page with what every page of a record type needs."""
        return render(self.request, template, {"record_type": self.record_type, "at_kind": self.record_type.kind, **context}, status=status)


def entries_count(record: Record) -> int:
    """How many entries the trail of a record has; `found` reads it along."""
    return int(getattr(record, "entries_count", 0))
