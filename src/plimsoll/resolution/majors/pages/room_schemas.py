"""What the API's document says of the room of a major incident."""

from __future__ import annotations

from plimsoll.kernel.api.schemas import ID, MOMENT, TEXT, TRUTH, WHOLE, list_of, maybe, ref, thing
from plimsoll.resolution.majors.models import MajorUpdate
from plimsoll.resolution.majors.operations import ROLES
from plimsoll.resolution.majors.pages.review_api import REVIEW_PARAMETERS, REVIEW_SCHEMAS

_NAMED = ref("Named")
_LONG = {"type": "string", "minLength": 1, "maxLength": 100_000}
_AUDIENCE = {"enum": [value for value, _label in MajorUpdate.AUDIENCES]}
SCHEMAS = {
    **REVIEW_SCHEMAS,
    "MajorProposal": thing(
        {
            "criterion": TEXT,
            "words": {**TEXT, "description": "What held, in words."},
            "at": MOMENT,
            "decided_at": maybe(MOMENT),
            "decided_by": maybe(_NAMED),
            "reason": {**TEXT, "description": "Why it is no major incident."},
            "major": {**maybe(TEXT), "description": "What it was declared as."},
        }
    ),
    "MajorDeclaration": thing({"reason": TEXT, "title": TEXT, "owner": maybe(ID), "began_at": maybe(MOMENT)}, ()),
    "MajorDecline": thing({"reason": {"type": "string", "minLength": 1, "maxLength": 500}}),
    "MajorRoom": thing(
        {
            "roles": thing({name: maybe(_NAMED) for name in ROLES}),
            "clocks": list_of(thing({"name": {"enum": ["manager", "top", "update"]}, "due_at": MOMENT, "done_at": maybe(MOMENT), "is_late": TRUTH})),
            "steps": list_of(ref("MajorStep")),
            "told": list_of(ref("MajorTold")),
            "affected": list_of(_NAMED),
        }
    ),
    "MajorRoleChange": thing({"person": {**maybe(ID), "description": "Left out: the person of this key."}}, ()),
    "MajorUpdate": thing(
        {
            "id": ID,
            "audience": _AUDIENCE,
            "text": TEXT,
            "is_redacted": TRUTH,
            "author": _NAMED,
            "at": MOMENT,
            "was_due_at": maybe(MOMENT),
            "next_due_at": maybe(MOMENT),
        }
    ),
    "NewMajorUpdate": thing({"text": _LONG, "audience": _AUDIENCE, "next_due_at": maybe(MOMENT)}, ("text", "audience")),
    "NewMajorNote": thing({"text": _LONG, "at": maybe(MOMENT)}, ("text",)),
    "MajorStep": thing({"position": WHOLE, "text": TEXT, "is_done": TRUTH, "done_at": maybe(MOMENT), "done_by": maybe(_NAMED)}),
    "MajorTold": thing({"person": maybe(_NAMED), "how": {**TEXT, "description": "“notice”, or in somebody's words."}, "at": MOMENT}),
    "NewMajorTold": thing({"how": {"type": "string", "minLength": 1, "maxLength": 250}}),
    "NewAffected": thing({"organization": ID}),
    "MajorHappening": thing(
        {
            "at": MOMENT,
            "recorded_at": MOMENT,
            "record": TEXT,
            "who": TEXT,
            "what": TEXT,
            "text": TEXT,
            "kind": {"enum": ["act", "note", "update", "reply"]},
        }
    ),
    "MajorStatus": thing({"running": list_of(ref("PublicMajor")), "lately": list_of(ref("PublicMajor"))}),
    "PublicMajor": thing(
        {
            "reference": {**maybe(TEXT), "description": "Only for those who may read major incidents."},
            "headline": TEXT,
            "service": TEXT,
            "began_at": MOMENT,
            "restored_at": maybe(MOMENT),
            "next_update_at": maybe(MOMENT),
            "texts": list_of(thing({"at": MOMENT, "text": TEXT})),
        }
    ),
}
PARAMETERS = {
    **REVIEW_PARAMETERS,
    "role": {"in": "path", "schema": {"enum": list(ROLES)}, "description": "owner is the manager."},
    "organization": {"in": "path", "schema": ID, "description": "Of the customer that was named."},
    "step": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,9}$"}, "description": "The position of the step."},
}
