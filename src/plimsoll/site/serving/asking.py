"""`python -m plimsoll.site.serving.asking`: which migrations does the PostgreSQL of this installation say it has? Prints app and name as JSON.

A process of its own, because the parent of the tree must stay small: the driver alone would double it. Without Django, which would take
a second where this takes a quarter.
"""

from __future__ import annotations

import json
import sys

import psycopg

from plimsoll.site import configuration

PATIENCE = 5  # seconds until a server that does not answer is left to `migrate`, which says what is wrong


def main() -> int:
    """1 when the database does not answer or was never migrated."""
    database = configuration.read().database
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {ours: database[theirs] for ours, theirs in names.items() if database[theirs]}
    try:
        with psycopg.connect(**{"connect_timeout": PATIENCE, **database["OPTIONS"], **given}) as connection:
            rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    except psycopg.Error:
        return 1
    sys.stdout.write(json.dumps(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
