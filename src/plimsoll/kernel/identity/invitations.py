"""A link by which one person chooses a password. Only a digest of its secret is kept; it works once, for seven days."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Invitation, Person
from plimsoll.kernel.identity.tokens import digest_of
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now

VALID_FOR = timedelta(days=7)
logger = logging.getLogger(__name__)


def invite(*, person: Person, by: Person, channel: str) -> str:
    """Invite somebody: returns the address of their link, once, and mails it to them after the commit.

    Somebody who has a password gets the link by mail only, and nothing is returned: whoever keeps people signs in as nobody else.
    Earlier invitations end. Also the way back for people who lost their password; a lost phone needs `end_second_factor`.
    """
    faults = []
    if person.tenant_id != by.tenant_id:
        faults.append(Fault("person", _("There is no such person.")))
    elif not person.is_active or person.kind != "human":
        faults.append(Fault("person", _("%(name)s can't sign in: they have left, or are not a person.") % {"name": person}))
    elif not person.email:
        faults.append(Fault("person", _("%(name)s has no e-mail address. Enter one first.") % {"name": person}))
    if faults:
        raise Faulty(faults)
    secret = secrets.token_urlsafe(32)
    link = f"{settings.PLIMSOLL_URL}/invitation/{secret}/"
    with writing():
        moment = now()
        Invitation.objects.filter(person=person, accepted_at=None, revoked_at=None).update(revoked_at=moment)
        made = Invitation.objects.create(person=person, invited_by=by, digest=digest_of(secret), expires_at=moment + VALID_FOR)
        publish(
            KeptChanged(
                tenant_id=by.tenant_id or 0,
                kind="invitation",
                subject_id=made.pk,
                action="invite",
                by_id=by.pk,
                channel=channel,
                changes={"person": (None, person.pk), "expires_at": (None, made.expires_at)},
            )
        )
        # robust: a mail server that is down must not undo the invitation, whose link the inviter sees anyway
        transaction.on_commit(lambda: _mail(person, by, link), robust=True)
    return "" if person.has_usable_password() else link


def _mail(person: Person, by: Person, link: str) -> None:
    send_mail(
        _("Your access to %(tenant)s") % {"tenant": by.tenant},
        _(
            "%(inviter)s invites you to %(tenant)s.\n\nChoose a password here within seven days:\n%(link)s\n\n"
            "The link works once. If you did not expect it, tell %(inviter)s; nothing happens until a password is chosen.\n"
        )
        % {"inviter": by.name, "tenant": by.tenant, "link": link},
        None,
        [person.email or ""],
    )


def find_invitation(secret: str) -> Invitation | None:
    """The invitation in force that a secret names, with its person; None when it was used, ended or never was."""
    return (
        Invitation.objects.select_related("person__tenant", "person__organization")
        .filter(digest=digest_of(secret[:200]), accepted_at=None, revoked_at=None, expires_at__gt=now(), person__is_active=True)
        .first()
    )


def accept_invitation(*, secret: str, password: str, channel: str) -> Person:
    """Use an invitation: the person chooses their password. Raises `Faulty`; an invitation that is used up or old says so."""
    with writing():
        found = find_invitation(secret)
        invitation = Invitation.objects.select_for_update(of=("self",)).filter(pk=found.pk, accepted_at=None).first() if found else None
        if found is None or invitation is None:
            raise Faulty([Fault("", _("This invitation was used already, or is older than seven days. Ask for a new one."))])
        person = found.person
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise Faulty([Fault("password", " ".join(error.messages))]) from None
        person.set_password(password)
        person.save(update_fields=["password"])
        invitation.accepted_at = now()
        invitation.save(update_fields=["accepted_at"])
        publish(
            KeptChanged(
                tenant_id=person.tenant_id or 0,
                kind="invitation",
                subject_id=invitation.pk,
                action="accept",
                by_id=person.pk,
                channel=channel,
                changes={"accepted_at": (None, invitation.accepted_at)},
            )
        )
    return person
