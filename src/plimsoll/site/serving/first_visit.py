"""Prints where the first visit is made and its one-time code, while no organisation is set up; else nothing."""

import os
import sys

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plimsoll.site.settings")
    django.setup()
    from plimsoll.kernel.identity.setup import setup_code  # noqa: PLC0415 (models are loaded by the set-up first)

    if code := setup_code():
        sys.stdout.write(f"\nPlimsoll answers at {sys.argv[1]}\nNobody is here yet. Open it and give this one-time code: {code}\n\n")
    else:
        sys.stdout.write(f"Plimsoll answers at {sys.argv[1]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
