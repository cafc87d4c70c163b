"""Mail about notices: planned, gathered and sent, each step in a transaction of its own, so that a stop between two loses nothing.

A tick plans what is wanted (when it may leave, what it waits for), and makes one `Mail` of all that is due for a person. A job sends it. It
marks the mail as being sent before it leaves: a program that stops in between does not send it twice, and the mail says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.keeping import hours_of, wishes_of
from plimsoll.kernel.notifications.models import Mail, Notice
from plimsoll.kernel.notifications.operations import WHYS, paper_of, words_of
from plimsoll.kernel.notifications.rules import AT_ONCE, DIGEST, FOR_DIGEST, MAIL, plan, way_of
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card

MOST = 200
MOST_PEOPLE = 100
MOST_IN_A_MAIL = 200  # the rest of a digest is counted, and stands in the inbox
PREFERENCES = "/preferences/notices/"


def zone_of(person: Person) -> str:
    return person.timezone or (person.tenant.timezone if person.tenant else "") or "UTC"


def plan_mails(moment: datetime | None = None) -> int:
    """Say of each notice that wants a mail when it may leave, or that it wants none any more. Returns how many were looked at."""
    at = moment or now()
    wanted = list(Notice.objects.filter(is_mail_wanted=True).select_related("person__tenant").order_by("pk")[:MOST])
    if not wanted:
        return 0
    people = {n.person_id: n.person for n in wanted}
    hours = hours_of(people.values())
    for notice in wanted:
        person = people[notice.person_id]
        wishes = wishes_of(person)
        way = way_of(notice.kind, wishes, has_address=bool(person.email))
        notice.is_mail_wanted, notice.mail_due_at, notice.waits_for = False, None, ""
        if way in (MAIL, DIGEST):
            # From when it was told, and never from before now: what waited for a standstill is due at the next allowed moment.
            found = plan(
                notice.kind, way, max(notice.created_at, at) if way == MAIL else notice.created_at, wishes, hours.get(person.pk), zone_of(person)
            )
            notice.mail_due_at, notice.waits_for = found.due_at, found.because
    with writing():
        Notice.objects.bulk_update(wanted, ["is_mail_wanted", "mail_due_at", "waits_for"])
    return len(wanted)


def is_mail_due(moment: datetime | None = None) -> bool:
    """Is there anything to gather? Asked every few seconds, from an index that holds only what waits."""
    return _waiting().filter(mail_due_at__lte=moment or now()).exists()


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(mail=None, read_at=None, mail_due_at__isnull=False)


def gather_mails(moment: datetime | None = None) -> list[Mail]:
    """Make one mail for each person for whom something is due; a digest takes along whatever else waits. Returns the new ones."""
    at = moment or now()
    waiting = _waiting()
    due = waiting.filter(mail_due_at__lte=at)
    made = []
    with writing():
        people = list(due.order_by().values_list("person_id", flat=True).distinct()[:MOST_PEOPLE])
        with_digest = set(due.filter(person_id__in=people, waits_for=FOR_DIGEST).values_list("person_id", flat=True))
        for person in people:
            mail = Mail.objects.create(person_id=person, created_at=at, is_digest=person in with_digest)
            # Updated by the condition and not by what was read: whoever else gathers at this moment finds them taken.
            rows = waiting.filter(person_id=person)
            if (rows if mail.is_digest else rows.filter(mail_due_at__lte=at)).update(mail=mail):
                made.append(mail)
            else:
                mail.delete()
    return made


def send(mail_id: int) -> str:
    """Send one mail and say what became of it. Raises what the mail server said when it took nothing; then it waits and is tried again."""
    with writing():
        mail = Mail.objects.select_for_update(of=("self",)).select_related("person__tenant", "person__organization").filter(pk=mail_id).first()
        if mail is None or mail.state not in ("waiting", "sending"):
            return mail.state if mail is not None else "gone"
        if mail.state == "sending":  # whoever began it has died, and nobody knows how far it came
            return _over(mail, "unsure")
        if (message := _message(mail)) is None:
            return _over(mail, "dropped")
        mail.state = "sending"
        mail.save(update_fields=["state"])
    try:
        message.send()
    except (OSError, SMTPException) as error:
        with writing():
            mail.state, mail.error = "waiting", str(error)[:300] or type(error).__name__
            mail.save(update_fields=["state", "error"])
        raise
    with writing():
        mail.notices.update(mailed_at=now())
        return _over(mail, "sent")


def _over(mail: Mail, state: str) -> str:
    mail.state, mail.ended_at, mail.error = state, now(), ""
    mail.save(update_fields=["state", "ended_at", "error"])
    return state


def _message(mail: Mail) -> EmailMultiAlternatives | None:
    """What is told, of records that may still be seen, unless it was read meanwhile. Texts that people wrote are not in it."""
    person = mail.person
    if not person.email or not person.is_active:
        return None
    rows = list(
        mail.notices.filter(read_at=None, card__isnull=False).select_related("card__tenant", "entry__actor").order_by("pk")[: MOST_IN_A_MAIL + 1]
    )
    with translation.override(person.language or (person.tenant.language if person.tenant else "") or settings.LANGUAGE_CODE):
        groups = grouped(person, rows[:MOST_IN_A_MAIL])
        if not groups:
            return None
        count = sum(len(group["sentences"]) for group in groups)
        alone = len(groups) == 1
        if alone:
            subject = groups[0]["title"]
        else:
            subject = ngettext("%(n)d thing happened", "%(n)d things happened", count) % {"n": count}
            subject = _("Plimsoll: %(what)s to %(records)d records") % {"what": subject, "records": len(groups)}
        context = {
            "groups": groups,
            "intro": _digest_words(mail, rows),
            "has_more": len(rows) > MOST_IN_A_MAIL,
            "inbox": f"{settings.PLIMSOLL_URL}/inbox/",
            "preferences": f"{settings.PLIMSOLL_URL}{PREFERENCES}",
        }
        message = EmailMultiAlternatives(
            " ".join(subject.split()),
            render_to_string("notifications/mail.txt", context),
            None,
            [person.email],
            headers={"List-Unsubscribe": f"<{context['preferences']}>", "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return message


def _digest_words(mail: Mail, rows: list[Notice]) -> str:
    if mail.is_digest:
        return _("This is your digest: what happened since the last one.")
    return _("This waited for your hours.") if any(n.waits_for not in ("", AT_ONCE) for n in rows) else ""


def grouped(person: Person, notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """Notices by record, in the order in which the records were first told of; what may no longer be seen is left out."""
    rows = [n for n in notices if n.card is not None]
    seen = {c.pk for part in visible_cards(person, Card.objects.filter(pk__in={n.card_id for n in rows})) for c in part}
    groups: dict[int, dict[str, Any]] = {}
    for notice in rows:
        if notice.card_id not in seen or notice.card is None:
            continue
        title, sentence = words_of(notice)
        group = groups.setdefault(
            notice.card_id or 0,
            {
                "title": title,
                "href": f"{settings.PLIMSOLL_URL}/go/{notice.card.reference}/",
                "sentences": [],
                "why": WHYS.get(notice.why, notice.why),
            },
        )
        group["sentences"].append(sentence)
        if path := paper_of(notice):
            group["paper"] = f"{settings.PLIMSOLL_URL}{path}"
    return list(groups.values())
