"""Writes of tools beside open, amend and move: this product enters itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.support.tools.models import Tool
from plimsoll.support.tools.record import TOOL

PRODUCT = "Plimsoll"


def register_this_product(*, by: Person, channel: str, owner: Person | None = None) -> Tool:
    """Enter this product as a tool in use, with its owner (default: who enters it) and what is known of it without asking."""
    made = open_record(
        TOOL,
        by=by,
        channel=channel,
        title=PRODUCT,
        purpose="records",
        description=_("Keeps the records and the documents of service management, and the trail of who did what."),
        owner=owner or by,
        data_held=_("Services, agreements, incidents, requests, articles, the management system’s own records, people’s names and addresses."),
        backup=_("“plimsoll backup” writes one archive; “plimsoll restore” tries it. Say here when it runs and where the archive is kept."),
    )
    return move(made, "take_into_use", by=by, channel=channel)  # type: ignore[return-value]
