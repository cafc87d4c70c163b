"""The person in whose name the system itself acts: one a tenant, for commands, jobs and rules. It knows nothing of who calls."""

from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.lib.db import writing

NAME = "Plimsoll"  # what people read beside what nobody did by hand
NAMES = (NAME, "command line (system user)")  # that of houses that were set up before


def acted_as(channel: str = "") -> str:
    """What people read where the system acted: by which of its ways."""
    return {
        "rule": _("Rules"),
        "import": _("An import"),
        "command": _("Command line"),
        "command line": _("Command line"),
        "set-up": _("Set-up"),
    }.get(channel) or _("The system")


def who_acted(person: Person, channel: str) -> str:
    """The name of whoever acted; the system by the way that it acted."""
    return acted_as(channel) if person.kind == "system" and person.name in NAMES else person.name


def system_person(tenant: Tenant) -> Person:
    """The tenant's system person, with tenant and organization loaded; made, and told to the trail, when there is none yet."""
    people = Person.objects.select_related("tenant", "organization").filter(tenant=tenant, kind="system", name__in=NAMES).order_by("pk")
    if (found := people.first()) is not None:
        return found
    with writing():
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # two commands at once make one person
        if (found := people.first()) is not None:
            return found
        provider = provider_of(tenant)
        made = Person(tenant=tenant, organization=provider, kind="system", name=NAME)
        made.set_unusable_password()
        made.save(force_insert=True)
        publish(
            KeptChanged(
                tenant_id=tenant.pk,
                kind="person",
                subject_id=made.pk,
                action="open",
                by_id=made.pk,
                channel="set-up",
                changes={"kind": (None, "system"), "name": (None, NAME)},
            )
        )
    return made
