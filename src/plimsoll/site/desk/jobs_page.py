"""Background work, visible: what waits, what runs, what failed and why; tried again or cancelled by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.tasks import queue
from plimsoll.kernel.tasks.models import Heartbeat, Job, Schedule
from plimsoll.kernel.ui.context import SignedInView
from plimsoll.kernel.ui.filter_bar import unused
from plimsoll.site.desk.job_words import detail_of, name_of, outcome_of

MOST = 100
TONES = {
    "waiting": ("new", "sea"),
    "running": ("active", "sea"),
    "done": ("done", "good"),
    "failed": ("waiting", "watch"),
    "dead": ("late", "bad"),
    "stopped": ("dropped", "still"),
}


class JobsPage(SignedInView):
    """`/jobs/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check_everywhere(self.person, "job:see")
        state = request.GET.get("state", "")
        rows = Job.objects.filter(tenant=self.person.tenant).select_related("asked_by")
        if state in TONES:
            rows = rows.filter(state=state)
        jobs = list(rows.order_by("-id")[:MOST])
        return render(
            request,
            "desk/jobs.html",
            {
                "jobs": [
                    {
                        "job": j,
                        "glyph": TONES[j.state][0],
                        "tone": TONES[j.state][1],
                        "label": j.get_state_display(),
                        "name": name_of(j.task),
                        "detail": detail_of(j),
                        "outcome": outcome_of(j),
                        "can_retry": j.state in ("dead", "failed", "stopped"),
                        "can_cancel": j.state in ("waiting", "failed"),
                    }
                    for j in jobs
                ],
                "schedules": [{"row": s, "name": name_of(s.task)} for s in Schedule.objects.order_by("name")],
                "workers": list(Heartbeat.objects.exclude(kind="tick").order_by("name")),
                "state": state,
                "faults": unused([name for name in request.GET if name != "state"]),
                "states": [{"value": v, "label": label} for v, label in Job.STATES],
                "crumbs": [(_("Jobs"), "")],
            },
        )


class JobActPage(SignedInView):
    """`/jobs/{number}/`: takes a POST of `act`: retry or cancel."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponseRedirect("/jobs/")

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        check_everywhere(self.person, "settings:change")
        job = Job.objects.filter(pk=min(number, 2**63 - 1), tenant=self.person.tenant).first()
        if job is None:
            raise Http404
        try:
            if request.POST.get("act") == "retry":
                queue.retry(job, by=self.person, channel="page")
                messages.success(request, _("It will be tried again."))
            else:
                queue.cancel(job, by=self.person, channel="page")
                messages.success(request, _("It is cancelled."))
        except queue.JobRefused as error:
            messages.error(request, str(error))
        return HttpResponseRedirect("/jobs/")
