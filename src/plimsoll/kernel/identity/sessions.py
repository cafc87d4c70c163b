"""Sessions as rows that name their person, so that people see where they are signed in and end it. Named by SESSION_ENGINE."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from plimsoll.kernel.identity.models import PersonSession


class SessionStore(DatabaseStore):
    """Django's own store over our table. The columns follow from the session's content, also when its key is changed at sign-in."""

    @classmethod
    def get_model_class(cls) -> type[PersonSession]:
        return PersonSession

    def create_model_instance(self, data: dict[str, Any]) -> PersonSession:
        row = super().create_model_instance(data)
        assert isinstance(row, PersonSession)
        signed_in = data.get("_auth_user_id")
        row.person_id = int(signed_in) if signed_in else None
        if started := data.get("started_at"):
            row.started_at = datetime.fromisoformat(started)
        row.user_agent = str(data.get("user_agent", ""))[:250]
        row.address = str(data.get("address", ""))[:64]
        return row
