"""One way to open a write transaction, on either database. It knows nothing of what is written."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# SQLite has one writer, and its busy handler sleeps and tries again, longer each time and in no order: with two processes the database stood
# idle a third of the time, and with four threads a worker the slowest waited 1.6 s. So writers queue before it: threads at a lock of their
# process, processes at a file lock that wakes them at once. The system releases the file lock of a process that was killed.
_one_writer = threading.Lock()
_files: dict[str, int] = {}


@contextmanager
def writing() -> Iterator[None]:
    """An atomic block for a write; joins the block that is already open.

    The locks are taken before the transaction and never inside one: a thread that waited for them while it holds the database's
    own lock would stop both.
    """
    if connection.in_atomic_block:
        # A savepoint, so that a caller may go on after a refusal: whatever the inner write had begun is undone, and nothing else.
        with transaction.atomic():
            yield
    elif connection.vendor == "sqlite":
        with _one_writer, _before_others(), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


def learn_sizes() -> None:
    """Let the database look at how many rows its tables have, for its plans, after many came in; it reads samples, so the size matters little.

    Without it SQLite guesses ten rows per tenant, and reads a whole tenant of 100,000 records to find twenty by their keys. PostgreSQL looks
    by itself within a minute; until then it takes what just came in for a handful of rows, and a figure over them can take minutes.
    """
    if connection.vendor == "sqlite":
        with writing(), connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")
    else:
        with connection.cursor() as cursor:
            tables = ", ".join(connection.ops.quote_name(name) for name in connection.introspection.table_names(cursor))
            cursor.execute(f"ANALYZE {tables}")


@contextmanager
def _before_others() -> Iterator[None]:
    """The queue of the processes that write to one SQLite file: a lock beside it."""
    name = str(connection.settings_dict["NAME"])
    if not name.startswith("/"):  # in memory: there is no other process
        yield
        return
    key = f"{os.getpid()}:{name}"  # a forked child needs a file of its own: the parent's would be one lock for both
    if key not in _files:
        _files[key] = os.open(f"{name}-writers", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(_files[key], fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(_files[key], fcntl.LOCK_UN)
