"""Taking the demonstration away: its database, its attachments and the heads of its trail, so that an empty system stands there again."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.site.demonstration.loading import NotHere
from plimsoll.site.serving.migrating import migrate
from plimsoll.site.serving.tree import SERVING


def demonstration() -> Tenant:
    """The sample organisation of this database. Raises NotHere when there is none, or when a real one stands beside it."""
    tenants = list(Tenant.objects.order_by("is_demonstration"))
    real = next((t for t in tenants if not t.is_demonstration), None)
    if real is not None:
        raise NotHere(_("This database holds “%(name)s”, a real organisation. Nothing was removed.") % {"name": real.name})
    if not tenants:
        raise NotHere(_("There is no demonstration here. Nothing was removed."))
    return tenants[0]


def remove() -> None:
    """Empty the system of the demonstration and bring it to its first state. Raises NotHere, before anything is touched.

    The trail refuses to be deleted, row by row and for good reason; so what goes is the whole database, and only one that holds nothing real.
    """
    demonstration()
    with _nobody_serving():
        if connection.vendor == "sqlite":
            name = str(connection.settings_dict["NAME"])
            connection.close()
            for path in (name, f"{name}-wal", f"{name}-shm"):
                Path(path).unlink(missing_ok=True)
        else:
            call_command("flush", verbosity=0, interactive=False)
        shutil.rmtree(settings.PLIMSOLL_FILES, ignore_errors=True)
        Path(settings.PLIMSOLL_TRAIL_HEADS).unlink(missing_ok=True)
        migrate()
        forget_all()
        cache.clear()


@contextmanager
def _nobody_serving() -> Iterator[None]:
    """A server would go on writing into what was taken away. It holds a lock in the data folder for as long as it lives."""
    with (Path(settings.PLIMSOLL_DATA_DIR) / SERVING).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotHere(_("A server is running on this demonstration. Stop it (Ctrl-C where it runs), then remove. Nothing was removed.")) from None
        yield
