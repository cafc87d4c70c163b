"""The sample organisation, loaded once for the tests of a module: each of them finds it as it was loaded, whatever the one before did to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.system import System

if TYPE_CHECKING:
    from plimsoll.site.demonstration.loading import Loaded


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """The whole of it, the imported sample too. Loading takes fifteen seconds of a processor, so nothing that can share it loads its own.

    Tests run inside the transaction that loads, each in a savepoint of its own. A module that also needs an empty house is two modules.
    """
    from plimsoll.site.demonstration.loading import load  # noqa: PLC0415 (a plugin is read before Django is set up)

    with django_db_blocker.unblock(), transaction.atomic():
        started = time.monotonic()
        found = load()
        assert time.monotonic() - started < 300  # about 20 s on a quiet machine
        yield found
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a sample organisation on SQLite that was loaded by the command, for systems that begin as a copy of it."""
    folder = tmp_path_factory.mktemp("sample")
    System(folder).run("demo", "--load-only")
    return folder
