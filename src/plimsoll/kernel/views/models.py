"""Saved views and how a person's lists look: kept things. They know no page; what their parameters mean is in `records.filters`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Team, Tenant
from plimsoll.kernel.views.sharing import AUDIENCES

DENSITIES = (("", _("As in my preferences")), ("compact", _("Compact")), ("normal", _("Normal")), ("roomy", _("Roomy")))


class SavedView(models.Model):
    """A list of one kind under a name: its filters and order exactly as the address has them, its columns and density."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views")
    audience = models.CharField(_("who sees it"), max_length=16, choices=AUDIENCES, default="private")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    query = models.TextField(blank=True)  # "open=true&owner=me&order=priority"; the values of `me` and `mine` are the reader's
    columns = models.JSONField(default=list, blank=True)  # empty: those of the kind
    density = models.CharField(_("density"), max_length=16, choices=DENSITIES, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("place"), default=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "kind", "audience"], name="saved_view_by_kind")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "owner", "kind", Lower("name"), name="saved_view_name_once", violation_error_message=_("You have a view of that name already.")
            ),
            models.CheckConstraint(
                condition=Q(audience="team", team__isnull=False) | (~Q(audience="team") & Q(team=None)),
                name="saved_view_team_when_for_a_team",
                violation_error_message=_("A view for a team names the team; any other names none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListChoice(models.Model):
    """How the list of one kind looks to one person where no view says it, and with which view it starts."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="list_choices")
    kind = models.CharField(max_length=64)
    columns = models.JSONField(default=list, blank=True)  # empty: those of the kind
    start = models.ForeignKey(SavedView, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind"], name="list_choice_once", violation_error_message=_("There is one already."))
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"
