"""Canned texts and macros as kept things. They know no page; placeholders are in the rules."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Team, Tenant
from plimsoll.kernel.views.sharing import AUDIENCES


class Macro(models.Model):
    """A text for the records of one kind, for the customer or among ourselves; with a move or values it is a macro. For the provider's people."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=100)
    shortcut = models.SlugField(_("short word"), max_length=30, blank=True)  # what one types after "::"
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="macros")
    audience = models.CharField(_("who may use it"), max_length=16, choices=AUDIENCES, default="private")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    text = models.TextField(_("text"), blank=True)
    is_internal = models.BooleanField(_("for internal notes only"), default=False)
    move = models.CharField(_("move"), max_length=64, blank=True)
    values = models.JSONField(default=dict, blank=True)  # {"priority": 2, "owner": "me"}: as forms hold them; "me" is whoever uses it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "kind", "audience"], name="macro_by_kind")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "owner", "kind", Lower("name"), name="macro_name_once", violation_error_message=_("You have a text of that name already.")
            ),
            models.CheckConstraint(
                condition=Q(audience="team", team__isnull=False) | (~Q(audience="team") & Q(team=None)),
                name="macro_team_when_for_a_team",
                violation_error_message=_("A text for a team names the team; any other names none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def acts(self) -> bool:
        """Does it do more than write?"""
        return bool(self.move or self.values)
