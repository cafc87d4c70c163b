"""How far a bulk act in the background is, and what became of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.lib.text import BIGGEST
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.ui.context import DeclaredView, address

MOST_SHOWN = 200


class BulkJobPage(DeclaredView):
    """`/{plural}/bulk/{job}/`: one's own bulk act, while it runs and after it."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        mine = Job.objects.filter(pk=min(job, BIGGEST), tenant=self.person.tenant, asked_by=self.person, task="ui.bulk")
        found = mine.first()
        if found is None or found.payload.get("kind") != self.record_type.kind:
            raise Http404
        told: dict[str, Any] = found.result or {}
        is_over = found.finished_at is not None and found.state not in ("waiting", "failed")
        total = int(found.progress.get("total") or len(found.payload.get("cards", ())))
        worked = total if found.state == "done" else int(found.progress.get("done") or 0)
        title = _("Done") if is_over else _("Being done")
        return self.show(
            "ui/bulk_job.html",
            {
                "job": found,
                "is_over": is_over,
                "worked": worked,
                "done": int(told.get("done", 0)) if is_over else worked,
                "total": total,
                "percent": round(100 * worked / total) if total else 0,
                "stayed": list((told.get("stayed") or {}).items())[:MOST_SHOWN],
                "fault": _("It could not be finished. What was done by then stays; the jobs page says more.")
                if found.state in ("dead", "failed")
                else "",
                "can_undo": bool(told.get("entries")),
                "base": address(self.record_type),
                "undo_href": address(self.record_type, None, "undo"),
                "title": title,
                "crumbs": self.crumbs((title, "")),
            },
        )
