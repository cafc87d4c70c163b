"""Keys for programs, and sessions of people: made, shown, ended. They know nothing of what a key may do."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import clean_text
from plimsoll.kernel.identity.models import ApiToken, Person, PersonSession
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now

LONGEST = timedelta(days=365)


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256. The secrets are random and long, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(*, person: Person, name: str, scopes: list[str], expires_at: datetime, by: Person, channel: str) -> tuple[ApiToken, str]:
    """Make a key for programs; returns it with its raw text `plm_<prefix>_<random>`, which nobody can read again.

    `scopes` are "*", "read", or words such as "incident:open"; they narrow what the person may and never widen it.
    """
    faults: list[Fault] = []
    moment = now()
    clean_name = clean_text("name", name, faults, most=100, needed=True)
    if not scopes or not all(isinstance(s, str) and _is_scope(s) for s in scopes):
        faults.append(Fault("scopes", _("Say what the key may do: everything that you may, only reading, or words such as incident:open.")))
    if not moment < expires_at <= moment + LONGEST:
        faults.append(Fault("expires_at", _("A key ends after today and within a year.")))
    if by.pk != person.pk and by.kind != "system":
        faults.append(Fault("", _("People make their keys themselves.")))
    if not person.is_active:
        faults.append(Fault("", _("%(name)s has left.") % {"name": person}))
    if faults:
        raise Faulty(faults)
    prefix = secrets.token_hex(4)
    raw = f"plm_{prefix}_{secrets.token_urlsafe(32)}"
    with writing():
        made = ApiToken.objects.create(
            person=person, name=clean_name, prefix=prefix, digest=digest_of(raw), scopes=sorted(set(scopes)), expires_at=expires_at
        )
        _tell(
            made,
            "create",
            by=by,
            channel=channel,
            changes={"person": (None, person.pk), "prefix": (None, prefix), "scopes": (None, made.scopes), "expires_at": (None, expires_at)},
        )
    return made, raw


def _is_scope(scope: str) -> bool:
    kind, colon, action = scope.partition(":")
    return scope in ("*", "read") or (
        bool(colon) and all(p == "*" or (p and p.replace("_", "a").isidentifier() and p.islower()) for p in (kind, action))
    )


def revoke_token(*, token: ApiToken, by: Person, channel: str) -> ApiToken:
    """End a key at once."""
    with writing():
        kept = ApiToken.objects.select_for_update(of=("self",)).select_related("person").get(pk=token.pk)
        if kept.person.tenant_id != by.tenant_id:
            raise Faulty([Fault("token", _("There is no such key."))])
        if kept.revoked_at is None:
            kept.revoked_at = now()
            kept.save(update_fields=["revoked_at"])
            _tell(kept, "revoke", by=by, channel=channel, changes={"revoked_at": (None, kept.revoked_at)})
    return kept


def _tell(token: ApiToken, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    publish(
        KeptChanged(
            tenant_id=token.person.tenant_id or 0, kind="token", subject_id=token.pk, action=action, by_id=by.pk, channel=channel, changes=changes
        )
    )


def token_named(raw: str) -> ApiToken | None:
    """The key in force that a raw text names, with its person, tenant and organization in one query; None when there is none."""
    if not raw.startswith("plm_") or len(raw) > 100:
        return None
    return (
        ApiToken.objects.select_related("person__tenant", "person__organization")
        .filter(digest=digest_of(raw), revoked_at=None, expires_at__gt=now(), person__is_active=True)
        .first()
    )


def end_sessions(*, person: Person, by: Person, channel: str, only: str = "", but: str = "") -> int:
    """Sign somebody out everywhere, in one session (`only`) or in all others (`but`). Keys are session keys. Returns how many ended."""
    if person.tenant_id != by.tenant_id:
        raise ValidationError(_("There is no such person."))
    rows = PersonSession.objects.filter(person=person)
    if only:
        rows = rows.filter(session_key=only)
    if but:
        rows = rows.exclude(session_key=but)
    with writing():
        ended, _rows = rows.delete()
        if ended:
            publish(
                KeptChanged(
                    tenant_id=person.tenant_id or 0,
                    kind="session",
                    subject_id=person.pk,
                    action="end",
                    by_id=by.pk,
                    channel=channel,
                    changes={"sessions": (ended, 0)},
                )
            )
    return ended


def end_second_factor(*, person: Person, by: Person, channel: str) -> int:
    """Take somebody's authenticator app and recovery codes away, because their phone is lost. Returns how many things ended."""
    if person.tenant_id != by.tenant_id:
        raise ValidationError(_("There is no such person."))
    with writing():
        ended, _rows = Authenticator.objects.filter(user=person).delete()
        if ended:
            publish(
                KeptChanged(
                    tenant_id=person.tenant_id or 0,
                    kind="session",
                    subject_id=person.pk,
                    action="end second factor",
                    by_id=by.pk,
                    channel=channel,
                    changes={"authenticators": (ended, 0)},
                )
            )
    return int(ended)
