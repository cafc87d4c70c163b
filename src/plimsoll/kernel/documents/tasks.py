"""What documents do by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.documents.distributing import distribute_all
from plimsoll.kernel.documents.drifting import compare_all
from plimsoll.kernel.documents.operations import follow_the_calendar
from plimsoll.kernel.documents.triggers import ask_reviews
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.tasks.registry import scheduled, task


@scheduled("documents by the calendar", "7 * * * *")
@task(name="documents.calendar", label=gettext_lazy("Make approved documents valid on their day, and mark overdue reviews"))
def follow() -> int:
    """In every tenant, each by its own day. Returns how many moved."""
    return sum(follow_the_calendar(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"))


@scheduled("compare documents with records", "47 3 * * *")
@task(name="documents.compare", label=gettext_lazy("Compare valid documents with what records say"))
def compare(*, tenant_id: int | None = None) -> int:
    """One tenant after a write, every tenant once a night: what a value says may follow from the day. Returns how many differences there are."""
    tenants = Tenant.objects.exclude(set_up_at=None) if tenant_id is None else Tenant.objects.filter(pk=tenant_id)
    return sum(compare_all(tenant) for tenant in tenants.order_by("pk"))


@scheduled("documents to their readers", "27 * * * *")
@task(name="documents.distribute", label=gettext_lazy("Ask the readers of documents, and remind those who are late"))
def distribute() -> int:
    """In every tenant: whoever joined an audience since is asked, whoever is late is reminded. Returns how many people."""
    return sum(distribute_all(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"))


@task(name="documents.ask_reviews", label=gettext_lazy("Ask that documents be looked at, as something that they rest on changed"))
def ask(*, tenant_id: int, trigger: str, card_id: int) -> int:
    """Returns how many documents are to be looked at."""
    return ask_reviews(Tenant.objects.get(pk=tenant_id), trigger, Card.objects.get(pk=card_id))
