"""The tenant's settings and their version."""

from typing import Any

from django.db.models import F

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.db import writing


def settings_changed(tenant_id: int) -> None:
    """Something that processes keep in memory changed; call it in the transaction of the change."""
    Tenant.objects.filter(pk=tenant_id).update(settings_version=F("settings_version") + 1)


def keep_setting(tenant: Tenant, name: str, value: Any, *, by: Person, channel: str) -> None:
    """Set one setting of the tenant, in the trail. Secrets do not belong here."""
    with writing():
        locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
        old = locked.settings.get(name)
        if old == value:
            return
        locked.settings[name] = value
        locked.settings_version += 1
        locked.save(update_fields=["settings", "settings_version"])
        tenant.settings, tenant.settings_version = locked.settings, locked.settings_version
        publish(
            KeptChanged(
                tenant_id=tenant.pk, kind="setting", subject_id=tenant.pk, action="set", by_id=by.pk, channel=channel, changes={name: (old, value)}
            )
        )
