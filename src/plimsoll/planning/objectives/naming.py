"""Which statement of a policy each current objective says that it serves."""

from plimsoll.kernel.identity.models import Tenant
from plimsoll.planning.objectives.queries import current


def named(tenant: Tenant) -> list[tuple[int, str]]:
    """(card, words) of every current objective that names one; one query."""
    return list(current(tenant).exclude(statement="").values_list("pk", "statement"))
