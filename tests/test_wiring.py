"""No event goes unheard, and nobody listens to a ghost."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator

import plimsoll
from plimsoll.kernel.events import Event, wired
from plimsoll.kernel.records.beside import beside
from plimsoll.kernel.records.declaration import declared
from plimsoll.site.wiring import BESIDE, WIRING


def events() -> Iterator[type[Event]]:
    """Every event class of the house, its modules imported first."""
    for module in pkgutil.walk_packages(plimsoll.__path__, "plimsoll."):
        if module.name.endswith((".events", ".bus")) or ".events." in module.name:
            importlib.import_module(module.name)
    waiting = [Event]
    while waiting:
        for found in waiting.pop().__subclasses__():
            waiting.append(found)
            # A dataclass with slots is a second class of the same name; the first one lingers among the subclasses.
            if found.__module__.startswith("plimsoll.") and getattr(sys.modules[found.__module__], found.__name__, None) is found:
                yield found


def test_every_event_is_wired_and_every_wired_event_exists() -> None:
    assert set(WIRING) == set(events())


def test_every_handler_takes_the_event_alone() -> None:
    for event, handlers in WIRING.items():
        assert handlers, f"{event.__name__} is wired to nobody"
        for handler in handlers:
            needed = [p for p in inspect.signature(handler).parameters.values() if p.default is p.empty]
            assert len(needed) == 1, f"{handler.__module__}.{handler.__name__} takes {len(needed)} arguments"


def test_the_running_house_is_wired_so() -> None:
    assert wired() == {event: tuple(handlers) for event, handlers in WIRING.items()}


def test_what_goes_along_hangs_on_kinds_that_there_are() -> None:
    assert set(BESIDE) <= {t.kind for t in declared()}
    assert {kind: beside(kind) for kind in BESIDE} == {kind: tuple(things) for kind, things in BESIDE.items()}
