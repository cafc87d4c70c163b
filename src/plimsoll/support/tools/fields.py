"""What documents are filled with from the register of tools (F-29)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_words, source_of
from plimsoll.support.tools.models import Tool
from plimsoll.support.tools.queries import tools_in_use

KINDS = ("tool", "person")


def _names(asked: Asked, purpose: str) -> Value:
    tools = list(tools_in_use(asked.tenant, purpose))
    return Value(text=", ".join(tool.title for tool in tools), sources=tuple(source_of(tool) for tool in tools))


def for_records(asked: Asked) -> Value:
    """F-29: the names of the tools for records, as they stand in a sentence."""
    return _names(asked, "records")


def for_events(asked: Asked) -> Value:
    """F-29: the same for events."""
    return _names(asked, "events")


def for_documents(asked: Asked) -> Value:
    """F-29: the same for documents."""
    return _names(asked, "documents")


def for_other(asked: Asked) -> Value:
    """F-29: the same for whatever else they are for; a list, as there may be none."""
    return Value(rows=tuple(Row((tool.title,), source_of(tool)) for tool in tools_in_use(asked.tenant, "other")))


def register(asked: Asked) -> Value:
    """S-083: every tool in use with its purpose, owner, data, backup and validation."""
    words = {value: str(label) for value, label in Tool.PURPOSES}
    order = {value: place for place, (value, _label) in enumerate(Tool.PURPOSES)}
    rows = [
        Row(
            (
                tool.title,
                words.get(tool.purpose, tool.purpose),
                tool.supplier,
                str(tool.owner or ""),
                tool.data_held,
                tool.backup,
                day_words(tool.validated_on),
            ),
            source_of(tool),
        )
        for tool in sorted(tools_in_use(asked.tenant), key=lambda tool: order.get(tool.purpose, len(order)))  # stable: by name within a purpose
    ]
    columns = (_("Tool"), _("Purpose"), _("Supplier"), _("Owner"), _("Data held"), _("Backup"), _("Validated on"))
    return Value(columns=columns, rows=tuple(rows))


for name, title, where, resolve in (
    ("tools.records", gettext_lazy("Tools for records"), gettext_lazy("Tools in use for records"), for_records),
    ("tools.events", gettext_lazy("Tools for events"), gettext_lazy("Tools in use for events and monitoring"), for_events),
    ("tools.documents", gettext_lazy("Tools for documents"), gettext_lazy("Tools in use for documents"), for_documents),
):
    href = f"/tools/?state=in_use&purpose={name.partition('.')[2]}"
    declare_blank(Blank(name, title, "text", KINDS, where, resolve, href, ("F-29",)))
declare_blank(
    Blank(
        "tools.other",
        gettext_lazy("Other tools"),
        "list",
        KINDS,
        gettext_lazy("Tools in use for something else"),
        for_other,
        "/tools/?state=in_use&purpose=other",
        ("F-29",),
    )
)
declare_blank(
    Blank(
        "tools.register",
        gettext_lazy("The register of tools"),
        "table",
        KINDS,
        gettext_lazy("Tools in use"),
        register,
        "/tools/?state=in_use",
        ("S-083",),
    )
)
