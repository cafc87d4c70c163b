"""`/guide/`: setting the management system up in one sitting, or in many; `/guide/{step}/`: one step, with what is offered to begin with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.documents.queries import approvers_of, draft_as_printed, names_of
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.operations import MoveRefused, move
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.ui.way_back import leave, remember
from plimsoll.site.desk.people_common import WordView
from plimsoll.site.desk.settings_common import tenant_of
from plimsoll.site.guiding import STEPS, Standing, approving, standing_of, standings, title_of
from plimsoll.site.offering.content import offers_of
from plimsoll.site.offering.forms import OfferForm, forms_of
from plimsoll.site.offering.taking import take_all, there


class GuidePage(WordView):
    """The seven steps, how far each is, and the next thing to do."""

    word = "document:open"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = standings(tenant_of(self.person))
        done = sum(one.is_done for one in found)
        upcoming = next((one.step.key for one in found if not one.is_done), "")
        steps = [
            {
                "number": n,
                "key": one.step.key,
                "title": one.step.title,
                "about": one.step.about,
                "is_done": one.is_done,
                "is_next": one.step.key == upcoming,
                "word": _("done") if one.is_done else _("begun") if one.is_begun else _("not begun"),
                "facts": one.facts,
                "template": one.step.template,
                "document": one.document if one.document is not None and may(self.person, "document:read", one.document) else None,
                "is_valid": one.is_valid,
                "document_title": title_of(one.step),
            }
            for n, one in enumerate(found, 1)
        ]
        leave(request, "/guide/")
        context = {
            "crumbs": [(_("Setting the management system up"), "")],
            "steps": steps,
            "facts": [_("%(n)d of %(all)d steps are done") % {"n": done, "all": len(steps)}],
            "is_all_done": done == len(steps),
            "waits_only": [one.document for one in found if one.document is not None and one.document.state == "in_review"],
        }
        return render(request, "desk/guide.html", context)


class StepPage(WordView):
    """One step: what it needs, what is offered for it, and its document. POST takes offers over, begins the document, or asks for its review."""

    word = "document:open"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        leave(request, request.path)
        return self._show(self._standing(key))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        standing = self._standing(key)
        act = request.POST.get("act", "")
        if act == "begin":
            return self._begin(standing)
        if act == "submit":
            return self._submit(standing)
        return self._take(standing)

    def _standing(self, key: str) -> Standing:
        step = next((s for s in STEPS if s.key == key), None)
        if step is None:
            raise Http404
        return standing_of(tenant_of(self.person), step)

    def _take(self, standing: Standing) -> HttpResponse:
        offers = [offer for offer in offers_of(standing.step.key) if there(offer, self.person) is None]
        forms = forms_of(offers, self.person, self.request.POST)
        if not any(form.is_taken for form in forms):
            messages.warning(self.request, _("Nothing was ticked, so nothing was taken over."))
            return self._show(standing, forms)
        said = take_all(forms, self.person)
        if said is None:
            return self._show(standing, forms, 422)
        links = [one for one in said if "://" in one]  # the link of an invitation has to stay until it is copied
        for one in links:
            messages.warning(self.request, one)
        if others := [one for one in said if one not in links]:
            count = len(others)
            messages.success(self.request, ngettext("%(n)d thing is taken over.", "%(n)d things are taken over.", count) % {"n": count})
        return HttpResponseRedirect(self.request.path)

    def _begin(self, standing: Standing) -> HttpResponse:
        template = template_named(standing.step.template)
        assert template is not None
        found = approving(template, self.person)
        chosen = next((role for role in found.roles if role.pk == whole(self.request.POST.get("approver", ""))), None)
        own: dict[str, Any] = {"approver_role": chosen} if chosen is not None else {}
        try:
            made = begin(template, by=self.person, channel="page", **own)
        except Faulty as error:
            messages.error(self.request, str(error))
            return HttpResponseRedirect(self.request.path)
        messages.success(
            self.request, _("%(reference)s is begun from the template. Its fields are filled from your records.") % {"reference": made.reference}
        )
        return HttpResponseRedirect(f"{self.request.path}#document")

    def _submit(self, standing: Standing) -> HttpResponse:
        document = standing.document
        if document is None or document.state != "draft":
            raise Http404
        check(self.person, "document:submit")
        try:
            move(document, "submit", by=self.person, channel="page")
        except MoveRefused as error:
            messages.error(self.request, " ".join(error.reasons))
        else:
            messages.success(self.request, _("%(title)s is in review. Whoever approves it is told.") % {"title": document.title})
        return HttpResponseRedirect(f"{self.request.path}#document")

    def _show(self, standing: Standing, forms: list[OfferForm] | None = None, status: int = 200) -> HttpResponse:
        step = standing.step
        found = {offer.key: there(offer, self.person) for offer in offers_of(step.key)}
        made = {form.offer.key: form for form in forms or forms_of([o for o in offers_of(step.key) if found[o.key] is None], self.person)}
        number = [s.key for s in STEPS].index(step.key)
        context = {
            "crumbs": [(_("Setting the management system up"), "/guide/"), (str(step.title), "")],
            "step": step,
            "number": number + 1,
            "count": len(STEPS),
            "facts": standing.facts,
            "is_done": standing.is_done,
            "rows": [(offer, found[offer.key], made.get(offer.key)) for offer in offers_of(step.key)],
            "has_offers": bool(made),
            "is_refused": status == 422,
            "document_title": title_of(step),
            "next": STEPS[number + 1] if number + 1 < len(STEPS) else None,
            **self._document(standing),
        }
        return render(self.request, "desk/guide_step.html", context, status=status)

    def _document(self, standing: Standing) -> dict[str, Any]:
        """How its document stands, and what is done with it next."""
        document = standing.document
        if document is None:
            template = template_named(standing.step.template)
            return {"document": None, "approving": approving(template, self.person) if template is not None else None}
        if not may(self.person, "document:read", document):
            return {"document": None, "approving": None, "is_hidden": True}
        open_fields = []
        if document.state == "draft":
            _printed, fields, _fault = draft_as_printed(document)
            open_fields = [f for f in fields if f.is_open]
        role = document.approver_role
        people = approvers_of([role.pk]).get(role.pk, frozenset()) - {self.person.pk} if role is not None else frozenset()
        return {
            "document": document,
            "open_fields": open_fields,
            "waits_for": names_of(sorted(people)),
            "is_valid": standing.is_valid,
        }


class GoPage(WordView):
    """`/guide/{step}/go/{n}/`: to where a fact is entered, with a way back."""

    word = "document:open"

    def get(self, request: HttpRequest, key: str, number: int) -> HttpResponse:
        step = next((s for s in STEPS if s.key == key), None)
        facts = standing_of(tenant_of(self.person), step).facts if step is not None else []
        if step is None or not 0 < number <= len(facts):
            raise Http404
        remember(request, f"/guide/{key}/", _("Set-up: %(step)s") % {"step": step.title})
        return HttpResponseRedirect(facts[number - 1].href)


__all__ = ["GoPage", "GuidePage", "StepPage"]
