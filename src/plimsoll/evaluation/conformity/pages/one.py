"""`/conformity/items/<id>/`: one requirement with its evidence, its records, how it went and how it is computed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity.pages.common import ConformityView, shown
from plimsoll.evaluation.conformity.standard import items


class ItemPage(ConformityView):
    """One requirement, from its stored result."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        item = items().get(key)
        if item is None:
            raise Http404(_("There is no requirement “%(key)s”.") % {"key": key[:20]})
        assessment = self.assessment()
        kept = f"?day={self.day.isoformat()}" if self.day else ""
        return render(
            request,
            "conformity/item.html",
            {
                **self.about_the_day(),
                **shown(self.person, self.tenant, item, assessment, self.day),
                "crumbs": [(_("Conformity"), f"/conformity/{kept}"), (item.id, "")],
            },
        )
