"""The catalogue of what one may order, and ordering it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import sentence
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.files import most_bytes
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.sent_files import SentFiles
from plimsoll.resolution.requests.models import Request
from plimsoll.resolution.requests.operations import order
from plimsoll.resolution.requests.pages.forms import OrderForm
from plimsoll.resolution.requests.plan import Plan
from plimsoll.resolution.requests.queries import Offer, offer_of, orderable
from plimsoll.resolution.requests.record import REQUEST
from plimsoll.resolution.requests.words import cost_words, promise_words, step_words, threshold_words

CHANNEL = "page"


class OrderingView(DeclaredView):
    """Shared: who orders, and for whom."""

    record_type = REQUEST

    def check_may(self) -> None:
        if not self.may_open():
            raise PermissionDenied(sentence(self.person, "request:open"))

    @property
    def is_inside(self) -> bool:
        return is_inside(self.person, kind="request")

    def for_whom(self, key: Any) -> Person:
        """The person named by number, where one of our people orders for another; else oneself. 404 for a stranger."""
        number = whole(str(key or ""))
        if number is None or number == self.person.pk or not self.is_inside:
            return self.person
        rows = Person.objects.select_related("tenant", "organization").filter(tenant_id=self.person.tenant_id or 0, is_active=True)
        found = rows.exclude(kind="system").filter(pk=number).first()
        if found is None:
            raise Http404
        return found


class CataloguePage(OrderingView):
    """`/requests/order/`: what one may order, by headings; `?q=` looks for words, `?for=` is for whom."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.check_may()
        asker = self.for_whom(request.GET.get("for"))
        text = " ".join(request.GET.get("q", "").split())[:100]
        offers = orderable(asker, text)
        tail = f"?for={asker.pk}" if asker.pk != self.person.pk else ""
        groups = [
            (heading or _("Other things"), [_card(offer, tail) for offer in found])
            for heading, found in groupby(offers, key=lambda o: o.model.heading)
        ]
        return self.show(
            "requests/catalogue.html",
            {
                "groups": sorted(groups, key=lambda g: (g[0] == _("Other things"), g[0])),
                "text": text,
                "asker": asker if asker.pk != self.person.pk else None,
                "crumbs": [(_("Order something"), "")],
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Nothing is opened here without its own form: whoever sends one is led to the catalogue."""
        self.check_may()
        return HttpResponseRedirect("/requests/order/")


def _card(offer: Offer, tail: str) -> dict[str, Any]:
    return {
        "href": f"/requests/order/{offer.model.number}/{tail}",
        "title": offer.model.title,
        "text": offer.model.description.partition("\n")[0][:200],
        "facts": [fact for fact in (cost_words(offer.plan), promise_words(offer.plan)) if fact],
        "icon": "key-round" if offer.model.type == "access" else "package",
    }


class OrderPage(OrderingView):
    """`/requests/order/{number}/`: the form of one thing, with what it costs, what is promised and who has to approve.

    The portal has the same page in its own frame: it says other words, by another channel.
    """

    channel = CHANNEL

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        self.check_may()
        asker = self.for_whom(request.GET.get("for"))
        offer = self._offer(number, asker)
        initial = {"requester": asker.pk} if asker.pk != self.person.pk else {}
        return self._show(offer, self._form(offer, initial=initial))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        self.check_may()
        asker = self.for_whom(request.POST.get("requester"))
        offer = self._offer(number, asker)
        form = self._form(offer, request.POST)
        sent = SentFiles.of(request, self.person)
        if form.is_valid():
            if self.is_inside:
                asker = self.for_whom(form.cleaned_data.get("requester"))
            try:
                made = order(
                    offer.model,
                    form.answers(),
                    by=self.person,
                    channel=self.channel,
                    requester=asker,
                    description=form.cleaned_data["description"],
                    extra=form.extra(),
                    files=sent.read(),
                )
            except Faulty as error:
                form.faulty(error.faults)
            else:
                sent.done()
                if said := self.thanks(made):
                    messages.success(request, said)
                return HttpResponseRedirect(self.page_of(made))
        return self._show(offer, form, sent.hold())

    def thanks(self, made: Request) -> str:
        return _("%(ref)s is ordered. You hear from us as it goes on.") % {"ref": made.reference}

    def page_of(self, made: Request) -> str:
        return address_of(made, REQUEST)

    def _offer(self, number: int, asker: Person) -> Offer:
        """What was asked for, when this person or the one it is for may have it; to everybody else it is not there."""
        for person in dict.fromkeys((asker.pk, self.person.pk)):
            if (found := offer_of(asker if person == asker.pk else self.person, number=number)) is not None:
                return found
        raise Http404

    def _tail(self) -> str:
        """For whom it is, for the way back."""
        key = whole(self.request.POST.get("requester") or self.request.GET.get("for", ""))
        return f"?for={key}" if key is not None and key != self.person.pk and self.is_inside else ""

    def _form(self, offer: Offer, *args: Any, **kwargs: Any) -> OrderForm:
        return OrderForm(*args, plan=offer.plan, person=self.person, is_inside=self.is_inside, **kwargs)

    def _show(self, offer: Offer, form: OrderForm, sent: SentFiles | None = None) -> HttpResponse:
        return self.show(
            "requests/order.html",
            {
                "model": offer.model,
                "form": form,
                "cost": cost_words(offer.plan),
                "promise": promise_words(offer.plan),
                "steps": steps_shown(offer.plan, is_inside=self.is_inside),
                "tasks": len(offer.plan.tasks),
                "tail": self._tail(),
                "file_limit": most_bytes() // 1_000_000,
                "sent": sent,
                "crumbs": [(_("Order something"), f"/requests/order/{self._tail()}"), (offer.model.title, "")],
            },
            422 if form.errors else 200,
        )


def names_in(plan: Plan) -> tuple[dict[int, str], dict[int, str]]:
    """The names of people and teams that a plan names."""
    people = {pk for s in plan.steps for pk in s.people}
    teams = {pk for pk in (plan.team, *(s.team for s in plan.steps), *(t.team for t in plan.tasks)) if pk is not None}
    return (
        dict(Person.objects.filter(pk__in=people).values_list("pk", "name")) if people else {},
        dict(Team.objects.filter(pk__in=teams).values_list("pk", "name")) if teams else {},
    )


def steps_shown(plan: Plan, *, is_inside: bool) -> list[dict[str, str]]:
    """The approval chain before anything is ordered: names for our own people, for others the steps and when they are asked."""
    people, teams = names_in(plan) if is_inside and plan.steps else ({}, {})
    return [{"name": s.name, "words": step_words(plan, s, people, teams) if is_inside else threshold_words(plan, s)} for s in plan.steps]


__all__ = ["CHANNEL", "CataloguePage", "OrderPage", "OrderingView", "names_in", "steps_shown"]
