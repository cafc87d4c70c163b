"""The search rows: two texts per record, public and internal, folded alike for both databases."""

from typing import ClassVar

from django.db import models

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.register.models import Card


class SearchRow(models.Model):
    """What can be found of a record. Outsiders query `public` only; `internal` holds what only insiders may find. A projection."""

    card = models.OneToOneField(Card, primary_key=True, on_delete=models.CASCADE, related_name="search_row")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    organization = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    access_class = models.CharField(max_length=20, blank=True)
    public = models.TextField(default="")
    internal = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "-card"], name="search_by_tenant")]

    def __str__(self) -> str:
        return f"Search row of {self.card_id}"
