"""What people look up: articles, and what was promised to their organisation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement, Version
from plimsoll.agreements.levels.rules import read_terms
from plimsoll.kernel.access.queries import Refused, check, reach
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.queries import BadCursor, Page, keyset_page
from plimsoll.kernel.search.alike import nearest
from plimsoll.kernel.search.queries import find
from plimsoll.kernel.targets.words import span
from plimsoll.resolution.incidents.models import Incident
from plimsoll.site.portal.shell import CHANNEL, PortalView
from plimsoll.support.knowledge.models import Article, Edition, Judgement
from plimsoll.support.knowledge.operations import judge
from plimsoll.support.knowledge.queries import article_with_editions, editions_while_revised

SIZE = 20
MOST = 50
DOES = {"respond": gettext_lazy("we answer"), "resolve": gettext_lazy("it works again"), "close": gettext_lazy("it is over")}


class ArticlesPage(PortalView):
    """`/portal/articles/?q=&page=`: short guides."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "article:read")
        text = " ".join(request.GET.get("q", "").split())[:200]
        older = fault = ""
        if text:
            rows = [(h.card.number, h.card.title, h.snippet) for h in find(self.person, text, kinds=["article"], size=50).hits]
            rows = rows or [(card.number, card.title, "") for card in nearest(self.person, text, kinds=["article"])]
        else:
            parts: list[Any] = [part.filter(state="published") for part in Article.objects.parts_visible_to(self.person)]
            try:
                page = keyset_page(parts, "-changed_at", request.GET.get("page") or None, SIZE)
            except BadCursor as error:
                page, fault = Page([], None, None), str(error)
            rows = [(a.number, a.title, a.summary) for a in page.rows]
            older = f"?page={page.next}" if page.next else ""
            if not request.GET.get("page"):
                rows += [(e.article.number, e.title, e.summary) for e in editions_while_revised(self.person)]
        shown = [{"href": f"/portal/articles/{n}/", "title": title, "text": said} for n, title, said in rows]
        return self.show("portal/articles.html", {"rows": shown, "text": text, "older": older, "fault": fault}, 422 if fault else 200)


class ArticlePage(PortalView):
    """`/portal/articles/{number}/`: the newest edition, as it was published; a draft is never shown here."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        found = article_with_editions(self.person, number)
        if found is None or not found[1]:
            raise Http404
        return self._page(*found)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Whether it helped: a press on yes or no, then a word if one wants."""
        found = article_with_editions(self.person, number)
        if found is None or not found[1]:
            raise Http404
        if request.POST.get("helped") not in ("yes", "no"):
            return self._page(*found, fault=_("Press yes or no."))
        try:
            judge(found[0], is_helpful=request.POST["helped"] == "yes", comment=request.POST.get("comment", ""), by=self.person, channel=CHANNEL)
        except Faulty as error:
            return self._page(*found, fault=" ".join(f.sentence for f in error.faults), typed=request.POST.get("comment", ""))
        except Refused as error:
            return self._page(*found, fault=str(error))
        messages.success(request, _("Thank you. Those who keep the guide read it."))
        return HttpResponseRedirect(f"/portal/articles/{number}/#helped")

    def _page(self, article: Article, editions: list[Edition], *, fault: str = "", typed: str | None = None) -> HttpResponse:
        said = Judgement.objects.filter(article=article.pk, person=self.person).first()
        comment = typed if typed is not None else said.comment if said else ""
        context = {"article": article, "edition": editions[0], "said": said, "comment": comment, "fault": fault}
        return self.show("portal/article.html", context, 422 if fault else 200)


class PromisesPage(PortalView):
    """`/portal/promises/`: the agreements in force of one's organisation, in words."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "agreement:read")
        rows: Any = Agreement.objects.visible_to(self.person)
        if self.person.organization_id is not None:
            rows = rows.filter(organization_id=self.person.organization_id)
        found = list(rows.filter(is_open=True).order_by("title")[:MOST])
        moment = now()
        current = Version.objects.filter(Q(ended_at=None) | Q(ended_at__gt=moment), agreement__in=found, published_at__isnull=False)
        versions = {v.agreement_id: v for v in current.filter(started_at__lte=moment).order_by("number")}
        return self.show(
            "portal/promises.html",
            {"agreements": [promised(a, versions.get(a.pk)) for a in found], "sees_figures": not reach(self.person, "indicator:read").is_empty},
        )


def promised(agreement: Agreement, version: Version | None) -> dict[str, Any]:
    """One agreement as its customer reads it: when we are there, and within which time we do what."""
    told: dict[str, Any] = {"title": agreement.title, "ref": agreement.reference, "href": "", "hours": "", "rows": [], "shares": [], "exceptions": ""}
    if version is None:
        return told
    terms = read_terms(version.terms)
    names = dict(Incident.PRIORITIES)
    told["href"] = f"/agreements/{agreement.number}/versions/{version.number}/"
    told["since"] = version.started_at
    told["hours"] = terms.service_hours().describe() if terms.hours else ""
    told["exceptions"] = terms.exceptions
    told["has_commitment"] = terms.has_commitment
    told["rows"] = [
        (str(names.get(t.priority, t.priority)) if t.priority else _("Any other"), str(DOES[t.measure]), span(t.within))
        for t in sorted(terms.targets, key=lambda t: (t.priority or 9, t.measure))
    ]
    told["shares"] = [
        _("%(percent)s %% within %(span)s: %(what)s") % {"percent": f"{s.percent:g}", "span": span(s.within), "what": DOES[s.measure]}
        for s in terms.shares
    ]
    return told
