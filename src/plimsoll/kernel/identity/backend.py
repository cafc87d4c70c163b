"""Who signs in with a password, and who is behind a session. It decides no permission."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from plimsoll.kernel.identity.models import Person


class SignInBackend(AuthenticationBackend):
    """Signs in by e-mail address and password; only humans who are still here."""

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, Person) and user.is_active and user.kind == "human" and user.tenant_id is not None

    def get_user(self, user_id: Any) -> Person | None:
        """The person of a session, with the tenant and organization that every request needs, in one query."""
        found = Person.objects.select_related("tenant", "organization").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Django's permission tables are not used; `kernel.access` answers."""
        return False
