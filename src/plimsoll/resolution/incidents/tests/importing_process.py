"""A process of its own that imports, so that a test can kill it at any moment. Called with: prepare | import FILE MAP LIMIT | export FILE."""

import sys
import warnings
from pathlib import Path


def main() -> None:
    warnings.simplefilter("ignore")
    import django  # noqa: PLC0415 (set up before models are imported)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from plimsoll.kernel.exchange.exporting import as_json_line, exported  # noqa: PLC0415
    from plimsoll.kernel.exchange.importing import import_file  # noqa: PLC0415
    from plimsoll.kernel.exchange.mapping import map_named  # noqa: PLC0415
    from plimsoll.kernel.identity.models import Organization, Tenant  # noqa: PLC0415
    from plimsoll.kernel.identity.system import system_person  # noqa: PLC0415
    from plimsoll.kernel.records.declaration import type_named  # noqa: PLC0415
    from plimsoll.kernel.trail.verify import verify  # noqa: PLC0415

    act, *rest = sys.argv[1:]
    if act == "prepare":
        call_command("migrate", verbosity=0)
        tenant = Tenant.objects.create(name="Northmere", slug="northmere")
        Organization.objects.create(tenant=tenant, kind="provider", name="Northmere")
        system_person(tenant)
        return
    by = system_person(Tenant.objects.get())
    if act == "import":
        print("ready", flush=True)
        report = import_file(Path(rest[0]), map_named(rest[1]), by=by, limit=int(rest[2]) or None)
        print(report.created, report.unchanged, flush=True)
    else:
        with Path(rest[0]).open("w", encoding="utf-8") as file:
            file.writelines(as_json_line(line) for line in exported(type_named("incident"), by=by, with_history=True))
        assert verify().is_sound


if __name__ == "__main__":
    main()
