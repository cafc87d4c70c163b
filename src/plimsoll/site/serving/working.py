"""A worker as a process: loads every task and works until told to stop. `python -m plimsoll.site.serving.working` is what the tree starts."""

from __future__ import annotations

import importlib
import logging
import os
import sys

import django


def work(*, until_empty: bool = False) -> int:
    """Run a worker in this process. Returns how many jobs it ran. Django must be set up."""
    from plimsoll.kernel.tasks.registry import discover  # noqa: PLC0415 (models are loaded by the set-up first)
    from plimsoll.kernel.tasks.worker import Worker  # noqa: PLC0415

    discover()
    importlib.import_module("plimsoll.site.serving.tasks")  # the house's own; no app, so not discovered
    worker = Worker()
    logging.getLogger("plimsoll.tasks").info("Worker %s begins.", worker.name)
    worker.run(once_empty=until_empty)
    logging.getLogger("plimsoll.tasks").info("Worker %s ends after %s jobs.", worker.name, worker.done)
    return worker.done


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plimsoll.site.settings")
    django.setup()
    work()
    return 0


if __name__ == "__main__":
    sys.exit(main())
