"""Django's permission question, answered by the same oracle as everything else."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.register.models import Card


class AccessBackend(BaseBackend):
    """`person.has_perm("incident:resolve", incident)` asks roles and shares. It never authenticates."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, Person) or ":" not in perm:
            return False
        if isinstance(obj, Record | Card):
            return may(user_obj, perm, obj)
        return not reach(user_obj, perm).is_empty

    def get_user(self, user_id: int) -> Person | None:
        """The person with the tenant, whose settings version every request needs."""
        return Person.objects.select_related("tenant", "organization").filter(pk=user_id, is_active=True).first()
