"""`plimsoll check`: what is wrong, a sentence each. Faults of the configuration were already named before Django loaded (exit code 2)."""

import argparse
from typing import Any

from django.core import checks
from django.db import OperationalError

from plimsoll.site.cli.house import add_json, print_json
from plimsoll.site.cli.migrate import pending


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "check",
        help="name what is wrong",
        description="Check configuration, declarations of record types, and database. Exit code 1 when something is wrong, "
        "2 when the configuration is.",
    )
    parser.add_argument("--deploy", action="store_true", help="also check what only matters where others can reach it")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    found = checks.run_checks(include_deployment_checks=options.deploy)
    rows = [{"id": m.id, "sentence": str(m.msg), "hint": str(m.hint or ""), "is_fault": m.is_serious()} for m in found if not m.is_silenced()]
    try:
        if left := pending():
            rows.append(
                {
                    "id": "plimsoll.W001",
                    "sentence": f"The database lacks {len(left)} migrations.",
                    "hint": "Run ./plimsoll migrate.",
                    "is_fault": False,
                }
            )
    except OperationalError as error:
        rows.append(
            {
                "id": "plimsoll.E002",
                "sentence": f"The database can't be reached: {str(error).strip()}",
                "hint": "Look at PLIMSOLL_DATABASE_URL.",
                "is_fault": True,
            }
        )
    is_faulty = any(row["is_fault"] for row in rows)
    if options.json:
        print_json({"is_sound": not is_faulty, "findings": rows})
    else:
        for row in rows:
            print(f"{row['id']} {row['sentence']} {row['hint']}".rstrip())
        print("Something is wrong." if is_faulty else "Nothing is wrong.")
    return 1 if is_faulty else 0
