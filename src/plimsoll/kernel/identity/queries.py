"""Reads of people and organisations with a name."""

from __future__ import annotations

from plimsoll.kernel.identity.models import Organization, Tenant


def provider_of(tenant: Tenant) -> Organization | None:
    """The organisation whose house it is, with its logo; none before set-up."""
    return Organization.objects.filter(tenant=tenant, kind="provider").select_related("logo").first()
