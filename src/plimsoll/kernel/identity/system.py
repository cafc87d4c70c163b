"""The person in whose name the system itself acts: one a tenant, for commands, jobs and rules. It knows nothing of who calls."""

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.lib.db import writing

NAME = "Plimsoll"  # what people read beside what nobody did by hand
EARLIER = "command line (system user)"


def system_person(tenant: Tenant) -> Person:
    """The tenant's system person, with tenant and organization loaded; made, and told to the trail, when there is none yet."""
    people = Person.objects.select_related("tenant", "organization").filter(tenant=tenant, kind="system", name__in=(NAME, EARLIER)).order_by("pk")
    if (found := people.first()) is not None:
        return found
    with writing():
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # two commands at once make one person
        if (found := people.first()) is not None:
            return found
        provider = Organization.objects.filter(tenant=tenant, kind="provider").first()
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
