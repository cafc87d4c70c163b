"""Mail about notices, beside the jobs: planned and gathered every few seconds, sent by a job each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.notifications.mailing import gather_mails, is_mail_due, plan_mails, send
from plimsoll.kernel.notifications.models import Mail
from plimsoll.kernel.tasks.registry import task, tick


@task(name="notifications.send", label=gettext_lazy("Mail somebody what happened"), attempts=6)
def send_mail(mail: int) -> str:
    """Send one mail, once; says what became of it."""
    return send(mail)


@tick(name="notifications.mails", seconds=5)
def queue_mails() -> int:
    """Plan what is wanted and make a job of each mail that is due; returns how many. Skips fast."""
    plan_mails()
    if not is_mail_due():
        return 0
    with writing():  # the mail and its job in one transaction
        made = gather_mails()
        for mail in Mail.objects.filter(pk__in=[m.pk for m in made]).select_related("person__tenant"):
            send_mail.enqueue(tenant=mail.person.tenant, mail=mail.pk)
    return len(made)


def send_again(mail: Mail) -> None:
    """Send once more what nobody knows of whether it left; asked for by hand."""
    with writing():
        fresh = Mail.objects.select_for_update(of=("self",)).select_related("person__tenant").get(pk=mail.pk)
        if fresh.state == "unsure":
            fresh.state, fresh.ended_at = "waiting", None
            fresh.save(update_fields=["state", "ended_at"])
            send_mail.enqueue(tenant=fresh.person.tenant, mail=fresh.pk)
