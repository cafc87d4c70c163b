"""Questions that every request asks, made into SQL once. It knows query sets, and nothing of what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Stand for what is given until the SQL is made. Nothing else in a query may look like them; both fit every whole-number column.
_NUMBER = 1_870_010_001
_MOMENT = datetime(1870, 2, 10, 4, 5, 6, 789_000, tzinfo=UTC)


class Compiled:
    """A query set of values, called with what it compares: `Compiled(lambda person, at: Row.objects.filter(…).values_list(…))(person=7, at=now())`.

    The ORM takes ten times as long to put such a question into SQL as the database to answer it, and it is the same text each time. So
    it is made by the ORM, once per database, and only asked from then on. What is given may be whole numbers and moments; it is
    compared and nothing else: a question whose shape depends on it (None, a list, an empty text) is not for this.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._make, self._kinds = make, kinds
        self._ready: dict[str, tuple[str, list[Any], list[tuple[int, Any, Any]]]] = {}

    def __call__(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows, as the query set gives them."""
        sql, places, converters = self._ready.get(connection.vendor) or self._prepare()
        with connection.cursor() as cursor:
            cursor.execute(sql, [_adapted(given[place.name]) if isinstance(place, _Place) else place for place in places])
            rows = cursor.fetchall()
        if not converters:
            return list(rows)
        found = [list(row) for row in rows]
        for row in found:
            for index, steps, expression in converters:
                for step in steps:
                    row[index] = step(row[index], expression, connection)
        return [tuple(row) for row in found]

    def _prepare(self) -> tuple[str, list[Any], list[tuple[int, Any, Any]]]:
        stand_ins = {
            name: _NUMBER + index if kind is int else _MOMENT + timedelta(days=index) for index, (name, kind) in enumerate(self._kinds.items())
        }
        names = {_adapted(value): name for name, value in stand_ins.items()}
        query = self._make(**stand_ins).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        places = [_Place(names[param]) if isinstance(param, int | str | datetime) and param in names else param for param in params]
        if missing := set(self._kinds) - {place.name for place in places if isinstance(place, _Place)}:
            raise ValueError(f"The query does not compare {', '.join(sorted(missing))}.")
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        made = (sql, places, [(index, steps, expression) for index, (steps, expression) in converters.items()])
        self._ready[connection.vendor] = made
        return made


class _Place:
    """Where a given value goes."""

    def __init__(self, name: str) -> None:
        self.name = name


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
