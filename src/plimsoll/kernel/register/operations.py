"""Numbers: unique in their tenant and kind, never given twice."""

from django.db.models import F

from plimsoll.kernel.register.models import Sequence


def take_numbers(tenant_id: int, kind: str, count: int = 1) -> int:
    """Take `count` numbers in a row and return the first. Call it inside the write's transaction: the row stays locked until its end."""
    rows = Sequence.objects.filter(tenant_id=tenant_id, kind=kind)
    if not rows.update(last=F("last") + count):
        Sequence.objects.get_or_create(tenant_id=tenant_id, kind=kind)
        rows.update(last=F("last") + count)
    return rows.values_list("last", flat=True).get() - count + 1


def keep_above(tenant_id: int, kind: str, number: int) -> None:
    """After a number was taken over from elsewhere, give only higher ones."""
    rows = Sequence.objects.filter(tenant_id=tenant_id, kind=kind)
    if not rows.exists():
        Sequence.objects.get_or_create(tenant_id=tenant_id, kind=kind)
    rows.filter(last__lt=number).update(last=number)
