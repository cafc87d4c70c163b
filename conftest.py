"""What every test gets: closed sockets, empty caches. The cast is in `tests/cast.py`.

It stands at the root because the tests beside the code need it too.
"""

import ipaddress
import itertools
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.records.declaration import RecordType
from tests import snapshots
from tests.cast import House, build_house
from tests.shapes import ON_EACH_DATABASE

_numbers = itertools.count(1)
pytest_plugins = ["tests.system", "tests.browser", "tests.journey", "tests.sample"]


# Whoever asks for none of these asks nothing of a database.
OF_A_DATABASE = frozenset({"db", "transactional_db", "django_db_serialized_rollback", "system", "lived", "house"})

# Files that start systems, load the demonstration or ask for every address: half of all processor time, and left out by --quick.
LONG = frozenset(
    {"test_leaks", "test_backup", "test_loading", "test_demonstration", "test_demo", "test_import", "test_together", "test_api_together"}
)
LONG |= {"test_figures_agree", "test_other_figures_agree", "test_permission_matrix", "test_worker"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks nothing of a database runs on the first one only; what is asked of every kind is asked of one of each shape by --quick."""
    for item in items:
        if item.path.stem in LONG:
            item.add_marker("long")
        given = getattr(item, "callspec", None)
        if given is not None and any(isinstance(v, RecordType) and v.kind not in ON_EACH_DATABASE for v in given.params.values()):
            item.add_marker("repeated")
        if not OF_A_DATABASE & set(getattr(item, "fixturenames", ())) and item.get_closest_marker("django_db") is None:
            item.add_marker("once")


@pytest.fixture(autouse=True, scope="session")
def _only_this_machine() -> Iterator[None]:
    """No test talks to another machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise AssertionError(f"A test wants to talk to {address[0]}; tests stay on this machine.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local_only)
        yield


def _is_local(host: str) -> bool:
    try:
        return host in ("localhost", "") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Begin with a copy of a database that was migrated before, where there is one of exactly this code (`tests/snapshots.py`)."""
    if connection.vendor != "sqlite" or not (kept := snapshots.snapshot("tests")).exists():
        return False
    shutil.copyfile(kept / snapshots.DATABASE, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool) -> None:
    """As pytest-django does it; what had to be migrated is kept for the next start."""
    if connection.vendor == "sqlite" and not django_db_keepdb:
        snapshots.keep("tests", database=Path(connection.settings_dict["NAME"]))


@pytest.fixture(autouse=True)
def _forgetful(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing kept in memory or in the file of heads by one test is read by the next: its database rows are gone, and their numbers come again."""
    settings.PLIMSOLL_TRAIL_HEADS = tmp_path_factory.getbasetemp() / f"heads-{next(_numbers)}.jsonl"
    forget_all()
    cache.clear()
    yield
    forget_all()


@pytest.fixture
def house(db: None) -> House:
    """The cast of `tests/cast.py` in a fresh database."""
    return build_house()
