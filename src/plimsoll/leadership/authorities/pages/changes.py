"""`/sms-changes/for/ROL-3/` opens a change that names a record; `…/touched/` says what a change touches, with how each of it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.context.parts.operations import add_part, remove_part
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.permissions import Refused, is_inside, may
from plimsoll.kernel.records.queries import find_by_reference, record_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.versions import differing, version_in_force
from plimsoll.kernel.ui.context import DeclaredView, SignedInView, address_of
from plimsoll.leadership.authorities.models import TOUCHABLE, SmsChange, Touched
from plimsoll.leadership.authorities.operations import open_change_for
from plimsoll.leadership.authorities.parts import TOUCHED
from plimsoll.leadership.authorities.record import SMS_CHANGE
from plimsoll.leadership.authorities.rules import CONTENT_OPEN

CHANNEL = "page"
MOST = 300


class ForPage(SignedInView):
    """One click: a change that names this record."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return HttpResponseRedirect(f"/go/{reference[:30]}/")

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        card = find_by_reference(self.person, reference[:30])
        if card is None or card.kind not in TOUCHABLE:
            raise Http404
        made = open_change_for(record_of(card), by=self.person, channel=CHANNEL)
        messages.success(
            request, _("%(reference)s is opened and names it. Say why and what it changes, and submit it.") % {"reference": made.reference}
        )
        return HttpResponseRedirect(address_of(made, SMS_CHANGE))


class TouchForm(forms.Form):
    """One more document or role, of those that there are."""

    record = forms.ChoiceField()

    def __init__(self, data: Any, groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
        super().__init__(data)
        self.fields["record"] = forms.ChoiceField(label=_("Document or role"), choices=[("", "–"), *groups])


class TouchedPage(DeclaredView):
    """For the provider's own people; whoever may amend the change says what it touches while it is a draft."""

    record_type = SMS_CHANGE

    def change(self, number: int) -> SmsChange:
        found = self.found(number)
        if not is_inside(self.person, found):
            raise Http404
        assert isinstance(found, SmsChange)
        return found

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.change(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        change = self.change(number)
        if not may(self.person, "smschange:amend", change):
            raise Refused(_("You may read this and not change it. The SMS manager's role says who may."))
        try:
            if key := request.POST.get("remove", ""):
                part = Touched.objects.filter(change=change.pk, pk=whole(key) or 0).select_related("change").first()
                if part is None:
                    raise Http404
                remove_part(TOUCHED, part, by=self.person, channel=CHANNEL)
                messages.success(request, _("It is taken out. The trail keeps that it was named."))
            else:
                form = TouchForm(request.POST, self._choices(change))
                if not form.is_valid():
                    return self._show(change, form)
                card = Card.objects.get(tenant=change.tenant_id, pk=form.cleaned_data["record"])
                add_part(TOUCHED, change, {"record": card}, by=self.person, channel=CHANNEL)
                messages.success(request, _("It is named."))
        except Faulty as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(address_of(change, SMS_CHANGE, "touched"))

    def _choices(self, change: SmsChange) -> list[tuple[str, list[tuple[str, str]]]]:
        """The documents and roles that this person sees and that are not named yet; what is ready to be named first."""
        named = change.touched.values("record")
        groups = []
        for label, model, ready in ((_("Documents"), Document, ("in_review", "draft")), (_("Roles"), Role, ("draft",))):
            kind = str(model._meta.model_name)
            flow = workflow_of(self.person.tenant, kind)
            rows: Any = model.objects
            found = rows.visible_to(self.person).exclude(pk__in=named).exclude(state__in=("retired", "archived", "withdrawn"))[:MOST]
            options = sorted(found, key=lambda r: (r.state not in ready, r.title.casefold()))
            groups.append((label, [(str(r.pk), f"{r.reference} {r.title} ({flow.state(r.state).label})") for r in options]))
        return groups

    def _show(self, change: SmsChange, form: TouchForm | None = None) -> HttpResponse:
        can_change = change.state in CONTENT_OPEN and may(self.person, "smschange:amend", change)
        parts = list(Touched.objects.filter(change=change.pk).select_related("record").order_by("pk"))
        keys = [t.key for t in parts]
        roles = {r.pk: r for r in Role.objects.visible_to(self.person).filter(pk__in=keys)}
        documents = {d.pk: d for d in Document.objects.visible_to(self.person).filter(pk__in=keys)}
        return self.show(
            "authorities/touched.html",
            {
                "record": change,
                "base": address_of(change, SMS_CHANGE),
                "rows": [self._row(t, roles, documents) for t in parts],
                "form": (form or TouchForm(None, self._choices(change))) if can_change else None,
                "nothing": TOUCHED.nothing,
                "closed": TOUCHED.closed if change.state not in CONTENT_OPEN and change.is_open else "",
                "can_change": can_change,
                "crumbs": self.record_crumbs(change, (str(TOUCHED.title), "")),
            },
            422 if form is not None else 200,
        )

    def _row(self, touched: Touched, roles: dict[int, Role], documents: dict[int, Document]) -> dict[str, Any]:
        card = touched.card
        seen: Role | Document | None = roles.get(card.pk) or documents.get(card.pk)
        href, how = "", ""
        if isinstance(seen, Role):
            version = version_in_force(seen)
            changed = len(differing(seen, version)) if version is not None else 0
            how = (
                _("new")
                if version is None
                else _("says what is in force")
                if not changed
                else _("draft differs from version %(n)s") % {"n": version.number}
            )
            href = f"/roles/{seen.number}/versions/"
        elif isinstance(seen, Document):
            how, href = seen.draft_number if seen.state in ("draft", "in_review") else seen.edition, f"/documents/{seen.number}/draft/"
        return {
            "part": touched,
            "card": card,
            "is_seen": seen is not None,
            "state": workflow_of(self.person.tenant, card.kind).state(card.state),
            "how": how,
            "href": href,
        }
