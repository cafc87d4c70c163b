"""What a document can say of itself and of the organisation. Roles' fields stand in `kernel/roles/fields.py`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.figures.blanks import Asked, Blank, Source, Value, declare_blank
from plimsoll.kernel.identity.queries import provider_of

ITSELF = _("the document's own form")


def _itself(asked: Asked) -> Value:
    """A document says these of itself; without one in hand there is nothing to say."""
    return Value()


for name, title, ids in (
    ("document.title", _("Title of this document"), ()),
    ("document.code", _("Code of this document"), ("F-46",)),
    ("document.version", _("Version of this document"), ("F-47",)),
    ("document.date", _("Date of this version"), ("F-48",)),
    ("document.created_by", _("Who wrote this version"), ("F-49",)),
    ("document.approved_by", _("Role that approves this document"), ("F-50",)),
    ("document.level", _("Confidentiality of this document"), ("F-51",)),
    ("document.owner_role", _("Role that owns this document"), ("F-43",)),
    ("document.valid_from", _("First day of validity"), ("F-42",)),
    ("document.review_months", _("Months between reviews"), ()),
):
    declare_blank(Blank(name, title, "text", (), ITSELF, _itself, ids=ids))


def _name(asked: Asked) -> Value:
    provider = provider_of(asked.tenant)
    if provider is None:
        return Value()
    return Value(text=provider.name, sources=(Source("organization", provider.pk, provider.name, "/organizations/"),))


declare_blank(
    Blank(
        "organization.name",
        _("Name of the organisation"),
        "text",
        ("organization",),
        _("Organisations"),
        _name,
        "/organizations/",
        ("F-02",),
    )
)
