"""The properties at the side of a record: declared fields, custom fields, and what another tool counted, as imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.customs import Custom
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.ui.context import address, capital
from plimsoll.kernel.ui.shown import Names, label_of, property_html, words_of
from plimsoll.kernel.workflow import Workflow

KEYS = {"owner": "a", "priority": "p"}  # opened by a single key (design.md, section 9)
EXPLAINED = ("priority", "team")  # what may follow from rules, and says which
FIRST = ("priority", "owner", "team", "service")


def side_fields(record_type: RecordType) -> list[str]:
    """The fields at the side, those that everybody looks for first on top; long texts stand elsewhere."""
    names = record_type.side or tuple(n for n in record_type.fields if n not in ("title", record_type.body) and not is_long(record_type, n))
    return [*(n for n in FIRST if n in names), *(n for n in names if n not in FIRST)]


def is_long(record_type: RecordType, name: str) -> bool:
    """Is this field a text of any length, shown as a section and not as a row?"""
    return isinstance(record_type.model_field(name), models.TextField)


def want_properties(record_type: RecordType, record: Record, names: Names, customs: Mapping[str, Custom]) -> None:
    """Ask for the names that the side panel will show."""
    for name, model in record_type.foreign.items():
        names.want(model, [getattr(record, f"{name}_id")])
    names.want(Person, [record.extra.get(c.name) for c in customs.values() if c.type == "person"])


def property_rows(
    record_type: RecordType, record: Record, names: Names, flow: Workflow, base: str, *, inside: bool, can_amend: bool
) -> list[dict[str, Any]]:
    """The rows of the panel. Choices are always there; words, numbers and days only when there are some: the form offers them all."""
    rows = []
    for name in side_fields(record_type):
        if name in record_type.internal and not inside:
            continue
        value = getattr(record, f"{name}_id" if name in record_type.foreign else name)
        field = record_type.model_field(name)
        is_rare = name not in record_type.foreign and not field.choices and not isinstance(field, models.BooleanField)
        if value in (None, "", [], {}) and is_rare:
            continue
        if name in record_type.plain and value in (None, ""):
            continue
        place = names.places.get(value) if inside and value and issubclass(record_type.foreign.get(name, models.Model), Record) else None
        can_explain = name in EXPLAINED and bool(record_type.behaviour.explain(record, name))
        rows.append(
            {
                "name": name,
                "label": capital(label_of(record_type, name)),
                "value": property_html(record_type, name, value, names, flow),
                "edit_href": f"{base}edit/?field={name}" if can_amend else "",
                "href": "",
                "why_href": f"{base}why/?field={name}" if can_explain else "",
                "open_href": address(type_named(place[0]), place[1]) if place else "",
                "reference": names.references[value] if place else "",
                "none": "",
            }
        )
    rows.append({"name": "", "label": _("For"), "value": record.organization.name, "none": "", "edit_href": "", "href": "", "why_href": ""})
    return rows


def long_rows(record_type: RecordType, record: Record, *, inside: bool) -> list[tuple[str, str]]:
    """Long texts besides the one at the head: (label, text) of those that are written."""
    return [
        (capital(label_of(record_type, n)), getattr(record, n))
        for n in record_type.fields
        if n not in (record_type.body, *record_type.own_pages)
        and is_long(record_type, n)
        and getattr(record, n)
        and (inside or n not in record_type.internal)
    ]


def custom_rows(
    record_type: RecordType, record: Record, names: Names, flow: Workflow, customs: Mapping[str, Custom], base: str, *, can_amend: bool
) -> list[dict[str, Any]]:
    """Custom fields; a retired one while it still holds something."""
    return [
        {
            "name": f"extra-{c.name}",
            "label": c.label,
            "value": words_of(record_type, f"extra.{c.name}", record.extra.get(c.name), names, flow, customs),
            "edit_href": f"{base}edit/?field=extra.{c.name}" if can_amend and not c.is_retired else "",
            "href": "",
            "why_href": "",
            "none": "",
        }
        for c in customs.values()
        if not c.is_retired or record.extra.get(c.name) not in (None, "")
    ]


def imported_rows(record: Record) -> list[tuple[str, str]]:
    """Counters and verdicts of the tool that it came from, word for word; they prove nothing here."""
    return [(capital(str(k).replace("_", " ")), str(v)) for k, v in sorted(record.imported.items()) if k != "more"]


def props_html(rows: Sequence[Mapping[str, Any]]) -> SafeString:
    """The panel as `_props.html` draws it, built by hand: twenty rows of that template cost a quarter of the page."""
    nothing, why = escape(_("none")), escape(_("why?"))
    done = []
    for row in rows:
        label = escape(row["label"])
        value = row["value"]
        shown = conditional_escape(value) if value or value == 0 else f'<span class="ref">{escape(row["none"]) or nothing}</span>'
        if row["edit_href"]:
            href = escape(row["edit_href"])
            said = escape(_("Change %(label)s:") % {"label": row["label"]})
            key = f' data-key="{KEYS[row["name"]]}" data-word="{label}"' if row["name"] in KEYS else ""
            shown = (
                f'<a class="edit" href="{href}" hx-get="{href}" hx-target="closest dd" data-prop="{escape(row["name"])}"{key}>'
                f'<span class="sr">{said} </span>{shown}</a>'
            )
        elif value or value == 0:
            shown = f'<span class="val">{shown}</span>'
        if row.get("open_href"):
            shown += f'<a class="why" href="{escape(row["open_href"])}">{escape(row["reference"])}</a>'
        if row["why_href"]:
            shown += f'<a class="why" href="{escape(row["why_href"])}">{why}<span class="sr"> {label}</span></a>'
        named = f' id="prop-{escape(row["name"])}"' if row["name"] else ""
        done.append(f"<dt>{label}</dt><dd{named}>{shown}</dd>")
    return SafeString(f'<dl class="props">{"".join(done)}</dl>')
