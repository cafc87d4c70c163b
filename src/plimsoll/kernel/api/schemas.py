"""The JSON schemas of the API's document: of each kind from its declaration, of everything else by hand. Nothing here runs per request."""

from __future__ import annotations

from typing import Any

from django.db import models

from plimsoll.kernel.api.shapes import shape_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import LINK_MEANINGS, Record

Schema = dict[str, Any]
ID: Schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
TRUTH: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}


def ref(name: str) -> Schema:
    """A named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def list_of(schema: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": schema, **more}


def thing(properties: dict[str, Schema], needed: tuple[str, ...] | None = None, *, is_closed: bool = True, explained: str = "") -> Schema:
    """An object; all of its members are there unless `needed` names fewer."""
    required = list(properties if needed is None else needed)
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        **({"additionalProperties": False} if is_closed else {}),
        **({"description": explained} if explained else {}),
    }


def page_of(schema: Schema) -> Schema:
    return thing({"items": list_of(schema)})


def type_word(field: models.Field[Any, Any]) -> str:
    """The type of a field in one word, as `GET /kinds` names it."""
    if isinstance(field, models.ForeignKey):
        return "person" if field.related_model is Person else "reference"
    if field.choices:
        return "choice"
    for kind, word in (
        (models.BooleanField, "truth"),
        (models.IntegerField, "number"),
        (models.DateTimeField, "moment"),
        (models.DateField, "day"),
        (models.JSONField, "json"),
        (models.TextField, "long text"),
    ):
        if isinstance(field, kind):
            return word
    return "text"


def _value(field: models.Field[Any, Any]) -> Schema:
    if isinstance(field, models.JSONField):
        return {"type": ["array", "object"]}
    if isinstance(field, models.BooleanField):
        return dict(TRUTH)
    if field.choices:
        values = [value for value, _label in field.flatchoices]
        is_text = isinstance(values[0], str)
        return {
            "enum": [*values, *([""] if field.blank and is_text else [])],
            "type": "string" if is_text else "integer",
            "description": "; ".join(f"{value}: {label}" for value, label in field.flatchoices),
        }
    if isinstance(field, models.IntegerField):
        return {"type": "integer"}
    if isinstance(field, models.DateTimeField):
        return dict(MOMENT)
    if isinstance(field, models.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, models.TextField):
        return {"type": "string", "maxLength": 100_000}
    return {"type": "string", **({"maxLength": field.max_length} if field.max_length else {})}


def answered(record_type: RecordType) -> Schema:
    """A record as it is answered. `fields` may leave members out, and outsiders are not given all, so only the two that name it are certain."""
    shape = shape_of(record_type)
    properties: dict[str, Schema] = {
        "kind": {"const": record_type.kind},
        "number": WHOLE,
        "reference": {"type": "string", "examples": [f"{record_type.prefix}-1042"]},
        "url": TEXT,
        "title": TEXT,
        "state": {"type": "string", "examples": [s.name for s in record_type.workflow.states]},
        "state_label": TEXT,
        "category": ref("Category"),
        "is_open": TRUTH,
        "organization": ref("Named"),
        "opened_at": MOMENT,
        "opened_by": ref("Named"),
        "changed_at": MOMENT,
        "version": WHOLE,
        "origin": {"enum": ["live", "imported", "late", "demonstration"]},
        "source": TEXT,
        "external_reference": TEXT,
    }
    for name in shape.own:
        field = record_type.model_field(name)
        target = shape.foreign(name)
        if target is not None:
            value = ref("NamedRecord" if issubclass(target, Record) else "Named")
        else:
            value = _value(field)
            value.pop("maxLength", None)
        label = str(field.verbose_name)
        if "description" not in value and "$ref" not in value:
            value["description"] = label + (" (internal)" if name in record_type.internal else "")
        properties[name] = maybe(value) if field.null else value
    properties["extra"] = {"type": "object", "description": "Custom fields by name."}
    return thing(properties, ("number", "reference"))


def settable(record_type: RecordType, *, is_new: bool) -> Schema:
    """A record as it is sent: to open it, or what of it changes."""
    properties: dict[str, Schema] = {}
    for name in record_type.fields:
        field = record_type.model_field(name)
        if (target := record_type.foreign.get(name)) is not None:
            forms: list[Schema] = [ID]
            if issubclass(target, Record):
                forms.append({"type": "string", "pattern": "^[A-Za-z]{1,10}-[0-9]{1,9}$", "description": "Its reference, as SVC-12."})
            forms.append({"type": "object", "properties": {"id": ID}, "required": ["id"], "description": "As it is answered."})
            value: Schema = {"anyOf": [*forms, *([{"type": "null"}] if field.null else [])]}
        else:
            value = _value(field)
            value = maybe(value) if field.null else value
        value = {**value, "title": str(field.verbose_name)}
        properties[name] = value
    for name in record_type.required:
        if properties[name].get("type") == "string":
            properties[name]["minLength"] = 1
    properties["extra"] = {"type": "object", "description": "Custom fields by name; null takes a value away."}
    properties["note"] = {"type": "string", "maxLength": 100_000, "description": "Why, for the trail. Internal."}
    if is_new:
        properties["organization"] = {
            "anyOf": [ID, {"type": "object", "properties": {"id": ID}, "required": ["id"]}, {"type": "null"}],
            "description": "For which organisation; your own when left out.",
        }
        properties["external_reference"] = {"type": "string", "maxLength": 200, "description": "Your own system's number, once per kind."}
    return thing(properties, record_type.required if is_new else ())


def names_of(record_type: RecordType) -> tuple[str, str, str]:
    """The names of a kind's schemas: answered, to open, to change."""
    name = record_type.kind.capitalize()
    return name, f"New{name}", f"{name}Change"


def of_kind(record_type: RecordType) -> dict[str, Schema]:
    """The schemas of one kind."""
    name, new, change = names_of(record_type)
    return {name: answered(record_type), new: settable(record_type, is_new=True), change: settable(record_type, is_new=False)}


_AUDIENCE: Schema = {
    "enum": ["public", "internal"],
    "type": "string",
    "description": "public: everyone who sees the record; internal: the provider's own people.",
}
_STEP_ASKED = thing(
    {
        "name": {"type": "string", "minLength": 1, "maxLength": 120},
        "needed": {"type": "integer", "minimum": 1, "maximum": 100},
        "people": list_of(ID, maxItems=100),
        "team": maybe(ID),
        "word": {"type": "string", "maxLength": 80},
    },
    ("name",),
)
_CARD: dict[str, Schema] = {"kind": TEXT, "reference": TEXT, "number": ID, "title": TEXT, "state": TEXT, "category": TEXT, "url": TEXT}
SHARED: dict[str, Schema] = {
    "Named": thing({"id": ID, "name": TEXT}),
    "NamedRecord": thing({"id": ID, "name": TEXT, "reference": TEXT}),
    "Category": {
        "enum": ["new", "ready", "active", "waiting", "decide", "done", "closed", "dropped"],
        "description": "What kind of state it is, whatever its name.",
    },
    "Fault": thing({"field": TEXT, "sentence": TEXT}),
    "Problem": thing(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": WHOLE,
            "detail": TEXT,
            "instance": TEXT,
            "faults": list_of(ref("Fault")),
            "reasons": list_of(TEXT),
            "current": {"type": "object"},
            "request": TEXT,
        },
        ("type", "title", "status", "detail"),
        explained="An error (RFC 9457).",
    ),
    "Comment": thing({"id": ID, "text": TEXT, "audience": _AUDIENCE, "author": ref("Named"), "at": MOMENT, "channel": TEXT, "is_redacted": TRUTH}),
    "NewComment": thing({"text": {"type": "string", "minLength": 1, "maxLength": 100_000}, "audience": _AUDIENCE}),
    "Card": thing({"reference": TEXT, "kind": TEXT, "url": TEXT, "title": TEXT, "state": TEXT, "category": ref("Category")}),
    "Link": thing(
        {
            "id": ID,
            "meaning": {"enum": list(LINK_MEANINGS)},
            "direction": {"enum": ["out", "in"]},
            "reads": TEXT,
            "record": ref("Card"),
            "made_by": ref("Named"),
            "made_at": MOMENT,
        }
    ),
    "NewLink": thing(
        {"meaning": {"enum": list(LINK_MEANINGS), "type": "string"}, "target": {"type": "string", "examples": ["INC-1042"], "minLength": 1}}
    ),
    "Attachment": thing(
        {
            "id": ID,
            "name": TEXT,
            "content_type": TEXT,
            "size": WHOLE,
            "digest": TEXT,
            "audience": _AUDIENCE,
            "scan": {"enum": ["not scanned", "clean", "infected"]},
            "added_by": ref("Named"),
            "added_at": MOMENT,
            "content": TEXT,
        }
    ),
    "NewAttachment": thing({"file": {"type": "string", "contentMediaType": "application/octet-stream"}, "audience": _AUDIENCE}, is_closed=False),
    "Tags": thing({"tags": list_of(TEXT, maxItems=50)}),
    "NewTags": thing({"tags": list_of({"type": "string", "maxLength": 50}, maxItems=50)}),
    "Check": thing(
        {
            "id": ID,
            "text": TEXT,
            "owner": maybe(ref("Named")),
            "due_at": maybe(MOMENT),
            "is_done": TRUTH,
            "done_at": maybe(MOMENT),
            "done_by": maybe(ref("Named")),
        }
    ),
    "NewCheck": thing({"text": {"type": "string", "minLength": 1, "maxLength": 250}, "owner": maybe(ID), "due_at": maybe(MOMENT)}, ("text",)),
    "Tick": thing({"is_done": TRUTH}),
    "Effort": thing(
        {"id": ID, "person": ref("Named"), "minutes": WHOLE, "activity": TEXT, "spent_on": {"type": "string", "format": "date"}, "note": TEXT}
    ),
    "NewEffort": thing(
        {
            "minutes": {"type": "integer", "minimum": 1, "maximum": 6000},
            "activity": {"type": "string", "maxLength": 60},
            "spent_on": maybe({"type": "string", "format": "date"}),
            "note": {"type": "string", "maxLength": 250},
            "person": maybe(ID),
        },
        ("minutes",),
    ),
    "Entry": thing(
        {
            "id": ID,
            "position": WHOLE,
            "action": TEXT,
            "at": MOMENT,
            "recorded_at": MOMENT,
            "actor": ref("Named"),
            "channel": TEXT,
            "origin": TEXT,
            "changes": list_of(thing({"field": TEXT, "old": {}, "new": {}, "is_erased": TRUTH})),
        }
    ),
    "Clock": thing(
        {
            "key": TEXT,
            "measure": {"type": "string", "enum": ["respond", "resolve", "close"]},
            "state": {"type": "string", "enum": ["running", "paused", "waiting", "met", "missed", "unset", "dropped"]},
            "is_missed": TRUTH,
            "is_internal": TRUTH,
            "terms": TEXT,
            "priority": maybe(WHOLE),
            "within_seconds": maybe(WHOLE),
            "used_seconds": WHOLE,
            "left_seconds": maybe(WHOLE),
            "started_at": maybe(MOMENT),
            "due_at": maybe(MOMENT),
            "stopped_at": maybe(MOMENT),
            "pauses": list_of(thing({"started_at": MOMENT, "ended_at": maybe(MOMENT), "why": TEXT})),
            "headline": TEXT,
            "explained": list_of(TEXT),
        }
    ),
    "Move": thing(
        {
            "name": TEXT,
            "title": TEXT,
            "target": TEXT,
            "target_label": TEXT,
            "is_primary": TRUTH,
            "is_possible": TRUTH,
            "reasons": list_of(TEXT),
            "asks": list_of(TEXT),
            "needs": list_of(TEXT),
            "asks_note": TRUTH,
        }
    ),
    "Moves": thing({"state": TEXT, "state_label": TEXT, "items": list_of(ref("Move"))}),
    "MoveRequest": thing(
        {"fields": {"type": "object", "description": "Values that the move sets, by field."}, "note": {"type": "string", "maxLength": 100_000}}, ()
    ),
    "BulkMove": thing(
        {
            "numbers": list_of({"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, minItems=1, maxItems=50),
            "fields": {"type": "object"},
            "note": {"type": "string", "maxLength": 100_000},
        },
        ("numbers",),
    ),
    "BulkResult": thing(
        {
            "items": list_of(
                thing(
                    {"number": WHOLE, "reference": TEXT, "is_done": TRUTH, "state": TEXT, "version": WHOLE, "problem": ref("Problem")},
                    ("number", "reference", "is_done"),
                )
            )
        }
    ),
    "Reason": thing({"note": {"type": "string", "minLength": 1, "maxLength": 100_000}}),
    "Step": thing(
        {
            "position": WHOLE,
            "name": TEXT,
            "needed": WHOLE,
            "word": TEXT,
            "team": maybe(ref("Named")),
            "people": list_of(ref("Named")),
            "decisions": list_of(thing({"person": ref("Named"), "for_person": maybe(ref("Named")), "is_yes": TRUTH, "reason": TEXT, "at": MOMENT})),
        }
    ),
    "Approval": thing(
        {
            "id": ID,
            "question": TEXT,
            "asked_by": ref("Named"),
            "asked_at": MOMENT,
            "result": {"enum": ["", "approved", "refused", "withdrawn"]},
            "ended_at": maybe(MOMENT),
            "move_when_approved": TEXT,
            "move_when_refused": TEXT,
            "steps": list_of(ref("Step")),
        }
    ),
    "NewApproval": thing(
        {
            "question": {"type": "string", "minLength": 1, "maxLength": 250},
            "steps": list_of(_STEP_ASKED, minItems=1, maxItems=20),
            "move_when_approved": {"type": "string", "maxLength": 60},
            "move_when_refused": {"type": "string", "maxLength": 60},
        },
        ("question", "steps"),
    ),
    "NewDecision": thing({"is_yes": TRUTH, "reason": {"type": "string", "maxLength": 10_000}, "for_person": maybe(ID)}, ("is_yes",)),
    "Hit": thing({**_CARD, "snippet": TEXT}),
    "Found": thing({"items": list_of(ref("Hit")), "jump": maybe(thing(_CARD))}),
    "PersonRow": thing({"id": ID, "name": TEXT, "organization": maybe(ref("Named")), "email": maybe(TEXT)}, ("id", "name", "organization")),
    "TeamRow": thing({"id": ID, "name": TEXT, "organization": ref("Named")}),
    "OrganizationRow": thing({"id": ID, "name": TEXT, "kind": {"enum": ["provider", "unit", "customer", "supplier"]}}),
    "Me": thing(
        {
            "id": ID,
            "name": TEXT,
            "email": maybe(TEXT),
            "timezone": TEXT,
            "organization": maybe(ref("Named")),
            "tenant": ref("Named"),
            "scopes": maybe(list_of(TEXT)),
            "words": list_of(TEXT),
        }
    ),
    "KindRow": thing(
        {
            "kind": TEXT,
            "plural": TEXT,
            "prefix": TEXT,
            "label": TEXT,
            "plural_label": TEXT,
            "clause": TEXT,
            "url": TEXT,
            "fields": list_of(
                thing(
                    {
                        "name": TEXT,
                        "label": TEXT,
                        "type": TEXT,
                        "is_required": TRUTH,
                        "is_internal": TRUTH,
                        "choices": list_of(thing({"value": {}, "label": TEXT})),
                    }
                )
            ),
            "custom_fields": list_of(
                thing({"name": TEXT, "label": TEXT, "type": TEXT, "choices": list_of(TEXT), "required_in": list_of(TEXT), "is_public": TRUTH})
            ),
            "columns": list_of(TEXT),
            "filters": list_of(TEXT),
            "orders": list_of(TEXT),
            "workflow": thing(
                {
                    "initial": TEXT,
                    "states": list_of(thing({"name": TEXT, "label": TEXT, "category": ref("Category"), "is_open": TRUTH})),
                    "moves": list_of(
                        thing(
                            {
                                "name": TEXT,
                                "title": TEXT,
                                "sources": list_of(TEXT),
                                "target": TEXT,
                                "asks": list_of(TEXT),
                                "needs": list_of(TEXT),
                                "asks_note": TRUTH,
                            }
                        )
                    ),
                }
            ),
        }
    ),
}
