"""A small per-process cache for settings that change rarely; keyed by the tenant's settings version, so no process reads old ones."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_caches: list[dict[Any, Any]] = []


def per_settings(function: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
    """Keep the answer until the tenant's `settings_version` moves on. The first argument is the tenant.

    The tenant arrives with the person in the one query of each request, so its version is never older than the request.
    """
    kept: dict[Any, tuple[Any, R]] = {}
    _caches.append(kept)

    @wraps(function)
    def cached(tenant: Any, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (tenant.pk, *args)
        found = kept.get(key)
        if found is not None and found[0] == tenant.settings_version:
            return found[1]
        if len(kept) > 2000:
            kept.clear()
        answer = function(tenant, *args, **kwargs)
        kept[key] = (tenant.settings_version, answer)
        return answer

    return cached


def forget_all() -> None:
    """Empty every cache of this process; for tests, whose databases come and go under the same numbers."""
    for kept in _caches:
        kept.clear()


class Brief(Generic[R]):
    """Answers kept in this process for some seconds. For figures that may be a little old, never for rights."""

    def __init__(self, seconds: float, most: int = 5000) -> None:
        self.seconds, self.most = seconds, most
        self._kept: dict[Any, tuple[float, R]] = {}
        _caches.append(self._kept)

    def get(self, key: Any, make: Callable[[], R]) -> R:
        """The kept answer, or one made now."""
        found = self._kept.get(key)
        if found is not None and time.monotonic() - found[0] < self.seconds:
            return found[1]
        answer = make()
        if len(self._kept) >= self.most:
            self._kept.clear()
        self._kept[key] = (time.monotonic(), answer)
        return answer
