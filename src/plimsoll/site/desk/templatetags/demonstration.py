"""The people of the demonstration on the sign-in page. It shows nothing in a real organisation."""

from typing import Any

from django import template

from plimsoll.kernel.identity.models import Tenant
from plimsoll.site.demonstration.loading import PASSWORD, people_to_be

register = template.Library()


@register.inclusion_tag("desk/_demo_people.html", takes_context=True)
def demonstration_people(context: dict[str, Any]) -> dict[str, Any]:
    """Whom a visitor may be; empty unless the only organisation is the sample one."""
    tenant = Tenant.objects.filter(is_demonstration=True).first()
    request = context.get("request")
    return {
        "people": people_to_be(tenant) if tenant else [],
        "password": PASSWORD,
        "csrf_token": context.get("csrf_token"),
        "next": request.GET.get("next", "") if request else "",
    }
