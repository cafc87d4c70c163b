"""What the service management policy proves (5.2)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.models import Reading
from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, evidence, judged
from plimsoll.kernel.records.sources import day_words
from plimsoll.leadership.policies.queries import statements_in
from plimsoll.leadership.policies.rules import COMMITMENTS, Said
from plimsoll.support.documented_information.proving import Standing, standing_of

POLICY = "sms-policy"
TOP = "top_management"


def policy_of(inquiry: Inquiry) -> tuple[Standing, tuple[Said, ...]]:
    """How the service management policy stands, and the statements of its version in force."""
    standing = standing_of(inquiry, POLICY, heavy=("source",))
    return standing, statements_in(standing.version) if standing.version is not None else ()


@evidence(
    "policy_makes_promises",
    population=gettext_lazy("the two promises: to meet what is required, and to keep improving"),
    counts=gettext_lazy("those that a statement of the policy in force makes"),
    kinds=("document",),
    href="/policies/",
)
def policy_makes_promises(inquiry: Inquiry) -> Answer:
    """5.2.1-c: the policy in force promises both."""
    standing, statements = policy_of(inquiry)
    if absent := standing.absent():
        return judged([standing.judged(absent)])
    spoken = {tag for statement in statements for tag in statement.tags}
    told = {
        "requirements": _("No statement of “%(title)s” promises to meet what is required. Add one, with the tag “requirements”."),
        "improvement": _("No statement of “%(title)s” promises to keep improving. Add one, with the tag “improvement”."),
    }
    return judged([standing.judged("" if tag in spoken else told[tag] % {"title": standing.title}) for tag, _item in COMMITMENTS])


@evidence(
    "policy_acknowledged",
    population=gettext_lazy("people who were asked to read the policy in force"),
    counts=gettext_lazy("those who said that they read this version"),
    kinds=("document",),
    href="/policies/",
)
def policy_acknowledged(inquiry: Inquiry) -> Answer:
    """5.2.2-a: the policy is in force, and its readers said that they read this version of it."""
    standing, _statements = policy_of(inquiry)
    return read_by(inquiry, standing)


def read_by(inquiry: Inquiry, standing: Standing) -> Answer:
    """Who of those that were asked said that they read the version in force; one that is missing or has no readers is a gap."""
    if absent := standing.absent():
        return judged([standing.judged(absent)])
    rows = Reading.objects.filter(version=standing.version, dropped_at=None, person__is_active=True, asked_at__lte=inquiry.at)
    rows = rows.exclude(person__in=inquiry.gone("person")).select_related("person").order_by("person__name", "pk")
    found = []
    for row in rows:
        is_read = row.read_at is not None and row.read_at <= inquiry.at
        said = {"name": row.person.name, "title": standing.title, "day": day_words(row.due_on)}
        fault = "" if is_read else _("%(name)s has not said that they read “%(title)s”; it was asked for by %(day)s. Remind them.") % said
        origin = standing.document.origin if standing.document is not None else "live"
        found.append(
            Judged(fault, Source("person", row.person_id, row.person.name, f"/people/{row.person_id}/"), origin, row.read_at or row.asked_at)
        )
    if not found:
        return judged([standing.judged(_("Nobody is asked to read “%(title)s”. Name its readers.") % {"title": standing.title})])
    return judged(found)


@evidence(
    "policy_open_outside",
    population=gettext_lazy("customers and suppliers as readers of the policy in force"),
    counts=gettext_lazy("those who can read it, or of whom it is said why not"),
    kinds=("document",),
    href="/policies/",
)
def policy_open_outside(inquiry: Inquiry) -> Answer:
    """5.2.2-b: the policy in force is open to customers and to suppliers, or says why it is not."""
    standing = standing_of(inquiry, POLICY)
    document = standing.document
    if (absent := standing.absent()) or document is None:
        return judged([standing.judged(absent)])
    found = []
    for kind, sentence in (
        ("customer", _("Customers can't read “%(title)s”, and it does not say why. Open it to them, or give the reason.")),
        ("supplier", _("Suppliers can't read “%(title)s”, and it does not say why. Open it to them, or give the reason.")),
    ):
        is_open = document.level == "public" and document.outside in (kind, "both")
        is_explained = document.outside != "" and bool(document.outside_reason.strip())
        found.append(standing.judged("" if is_open or is_explained else sentence % {"title": standing.title}))
    return judged(found)


__all__ = ["POLICY", "TOP", "policy_of", "read_by"]
