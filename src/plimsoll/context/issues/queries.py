"""Reads with a name: issues, those whose review is overdue, and what is not as it should be (4.1)."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.issues.rules import UNDECIDED
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.sources import source_of

FIRST_REVIEW = timedelta(days=365)  # an issue without a day of review is looked at within this time

BOTH_SPHERES = Rule("issues_of_both_spheres", gettext_lazy("There are internal and external issues"), ("4.1-a",))
OVERDUE = Rule("issue_review_overdue", gettext_lazy("Issues are reviewed when they are due"), ("4.1-b",))
CLIMATE_DECIDED = Rule("climate_decided", gettext_lazy("It is decided whether climate change is relevant, with reason and day"), ("4.1-c",))


def issues_of(tenant: Tenant) -> list[ContextIssue]:
    """The current issues by title."""
    return list(ContextIssue.objects.filter(tenant=tenant, is_open=True).select_related("owner").order_by("title", "number"))


def due_on(issue: ContextIssue) -> date:
    """Until when an issue is to be looked at again."""
    return issue.review_due_date or ((issue.reviewed_at or issue.opened_at) + FIRST_REVIEW).date()


def overdue(tenant: Tenant, day: date) -> list[ContextIssue]:
    """Current issues whose review was due before a day, the longest overdue first."""
    return sorted((i for i in issues_of(tenant) if due_on(i) < day), key=due_on)


def is_decided(issue: ContextIssue) -> bool:
    """Whether an issue about climate change carries decision, reason and day."""
    return bool(issue.climate_decision != UNDECIDED and issue.climate_reason.strip() and issue.climate_decided_on)


def faults_of(tenant: Tenant, day: date) -> list[Finding]:
    """What is not as it should be with the issues on a day. One query."""
    issues = issues_of(tenant)
    spheres = {i.sphere for i in issues}
    found = [
        Finding(BOTH_SPHERES, _("There is no issue of this sphere: %(sphere)s. Enter what is known.") % {"sphere": str(label).lower()})
        for name, label in ContextIssue.SPHERES
        if name not in spheres
    ]
    for issue in sorted(issues, key=due_on):
        if due_on(issue) < day:
            said = {"title": issue.title, "day": due_on(issue).isoformat()}
            found.append(Finding(OVERDUE, _("“%(title)s” was to be reviewed by %(day)s.") % said, source_of(issue)))
    climate = [i for i in issues if i.is_climate]
    if not climate:
        sentence = _("Nobody decided whether climate change is relevant. Enter an issue about it, with the decision and its reason.")
        found.append(Finding(CLIMATE_DECIDED, sentence))
    elif not any(is_decided(i) for i in climate):
        sentence = _("The issue about climate change lacks its decision, the reason or the day.")
        found.append(Finding(CLIMATE_DECIDED, sentence, source_of(climate[0])))
    return found
