"""Imports in the background: a run that a page prepared. Repeatable: what is in already is left alone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from plimsoll.kernel.exchange.importing import import_file
from plimsoll.kernel.exchange.mapping import read_map
from plimsoll.kernel.exchange.models import Run
from plimsoll.kernel.exchange.own import import_own
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records import files
from plimsoll.kernel.tasks.registry import task
from plimsoll.kernel.tasks.running import JobContext


@task(name="exchange.import", label=gettext_lazy("Bring a file in"), attempts=3)
def bring_in(*, run: int, job: JobContext) -> dict[str, Any]:
    """Bring the file of a run in, as the person who asked for it: what they may no longer do, the run may not either."""
    started = Run.objects.get(pk=run)
    by = Person.objects.select_related("tenant", "organization").get(pk=started.started_by_id)
    started.state = "running"
    started.save(update_fields=["state"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(files.read(started.file_digest))
        if started.mapping:
            report = import_file(path, read_map(started.mapping), by=by, progress=job.progress, run=started)
        else:
            report = import_own(path, kind=started.kind, by=by, progress=lambda done, of: job.progress(done, of or None), run=started)
    return report.as_json()
