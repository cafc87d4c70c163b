"""What was done alone during set-up, which duties lie in one hand, and the closing of set-up."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere, may, may_everywhere, reach
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.roles.operations import close_set_up
from plimsoll.kernel.roles.updating import add_words, roles_behind
from plimsoll.leadership.authorities.duties import listed
from plimsoll.leadership.authorities.rules import RULES
from plimsoll.site.desk.people_common import WordView
from plimsoll.site.desk.settings_common import tenant_of


class DutiesPage(WordView):
    """`/duties/`: conflicts of duties; POST closes set-up."""

    word = "assignment:read"

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = self.person.tenant
        assert tenant is not None
        return render(
            request,
            "desk/people/duties.html",
            {
                "listed": listed(tenant),
                "rules": RULES,
                "can_propose": not reach(self.person, "dutyconflict:open").is_empty,
                "behind": roles_behind(tenant) if may(self.person, "role:read") else [],
                "can_update": all(may(self.person, f"role:{word}") for word in ("revise", "amend", "put_in_force")),
                "is_open": tenant.set_up_closed_at is None,
                "closed_at": tenant.set_up_closed_at,
                "can_close": may_everywhere(self.person, "settings:change"),
                "crumbs": [(_("Conflicts of duties"), "")],
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if (number := whole(request.POST.get("role", ""))) is not None:
            role = next((b.role for b in roles_behind(tenant_of(self.person)) if b.role.pk == number), None)
            if role is None:
                raise Http404
            try:
                made = add_words(role, by=self.person, channel="page")
            except MoveRefused as error:
                messages.error(request, " ".join(error.reasons))
            else:
                messages.success(request, _("%(role)s has the new words; it stands in its trail.") % {"role": made.title})
            return HttpResponseRedirect(reverse("duties"))
        check_everywhere(self.person, "settings:change")
        try:
            close_set_up(by=self.person, channel="page")
        except Faulty as error:
            messages.error(request, " ".join(f.sentence for f in error.faults))
        else:
            messages.success(request, _("Set-up is closed. From now on nobody gives a role to themselves."))
        return HttpResponseRedirect(reverse("duties"))
