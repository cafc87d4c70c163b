"""`/guide/`: setting the management system up in one sitting, or in many."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.records.permissions import may
from plimsoll.site.desk.people_common import WordView
from plimsoll.site.desk.settings_common import tenant_of
from plimsoll.site.guiding import standings, title_of


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
        context = {
            "crumbs": [(_("Setting the management system up"), "")],
            "steps": steps,
            "facts": [_("%(n)d of %(all)d steps are done") % {"n": done, "all": len(steps)}],
            "is_all_done": done == len(steps),
        }
        return render(request, "desk/guide.html", context)


__all__ = ["GuidePage"]
