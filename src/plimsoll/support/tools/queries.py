"""Reads of tools with a name: those in use, this product among them, and what is wrong with the register."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.support.tools.models import Tool
from plimsoll.support.tools.rules import VALID_FOR_DAYS

NO_TOOLS = Rule("no_tools", gettext_lazy("No tool is registered"), ("S-083", "6.3-i"))
TOOL_LOOSE = Rule("tool_incomplete", gettext_lazy("A tool has no owner, or it is not known what it holds or how that is backed up"), ("S-083",))
TOOL_NOT_VALIDATED = Rule("tool_not_validated", gettext_lazy("A tool was not validated within a year"), ("S-083",))

RULES = (NO_TOOLS, TOOL_LOOSE, TOOL_NOT_VALIDATED)


def tools_in_use(tenant: Tenant, purpose: str = "") -> Any:
    """The tools in use, of one purpose where it is named, by name."""
    rows = Tool.objects.filter(tenant=tenant, state="in_use", **({"purpose": purpose} if purpose else {}))
    return rows.select_related("owner").order_by("title", "pk")


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """What is wrong with the register of tools; one query."""
    today = day_of(tenant, at or now())
    tools = list(tools_in_use(tenant))
    if not tools:
        return [Finding(NO_TOOLS, _("No tool is in use. Register what supports service management, this product first."))]
    return [finding for tool in tools for finding in faults_of_record(tool, today)]


def faults_of_record(tool: Tool, today: date) -> list[Finding]:
    """What is wrong with a tool in use, on a day. No query."""
    if tool.state != "in_use":
        return []
    needed = ((_("an owner"), tool.owner_id), (_("what it holds"), tool.data_held.strip()), (_("how that is backed up"), tool.backup.strip()))
    lacks = [word for word, is_there in needed if not is_there]
    found = []
    if lacks:
        found.append(Finding(TOOL_LOOSE, _("%(title)s lacks: %(what)s.") % {"title": tool.title, "what": ", ".join(lacks)}, source_of(tool)))
    if tool.validated_on is None:
        found.append(Finding(TOOL_NOT_VALIDATED, _("%(title)s was never validated.") % {"title": tool.title}, source_of(tool)))
    elif tool.validated_on < today - timedelta(days=VALID_FOR_DAYS):
        said = {"title": tool.title, "day": day_words(tool.validated_on)}
        found.append(Finding(TOOL_NOT_VALIDATED, _("%(title)s was last validated on %(day)s, more than a year ago.") % said, source_of(tool)))
    return found
