"""One way to open a write transaction, on either database. It knows nothing of what is written."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# SQLite has one writer and an unfair busy handler: with four threads a worker the slowest waited 1.6 s. A lock in the process
# makes a fair queue of its threads, so that only processes meet at the file lock.
_one_writer = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    """An atomic block for a write; joins the block that is already open.

    The lock is taken before the transaction and never inside one: a thread that waited for the lock while it holds the
    database's lock would stop both.
    """
    if connection.in_atomic_block:
        # A savepoint, so that a caller may go on after a refusal: whatever the inner write had begun is undone, and nothing else.
        with transaction.atomic():
            yield
    elif connection.vendor == "sqlite":
        with _one_writer, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield
