"""What a document can say of itself and of the organisation. Roles' fields stand in `kernel/roles/fields.py`."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from plimsoll.kernel.documents.coding import made_by, pattern_of
from plimsoll.kernel.documents.keeping import due, rules_of
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.outcomes import outcomes_of
from plimsoll.kernel.documents.signing import are_signed_on_paper
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Source, Value, declare_blank
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.records.sources import day_of, day_words, source_of

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


# How documents are controlled

KEEPING = _("Keeping and signing")
KEEPING_PLACE = "/documents/keeping/"


def _setting(asked: Asked, label: str) -> Source:
    return Source("setting", asked.tenant.pk, label, KEEPING_PLACE)


def code_scheme(asked: Asked) -> Value:
    """S-004: the scheme with what it gives, or that codes are typed."""
    pattern = pattern_of(asked.tenant)
    said = gettext("%(pattern)s, such as %(code)s") % {"pattern": pattern, "code": made_by(pattern, "policy", 1)} if pattern else ""
    text = said or gettext("the author gives the code; a document may have none")
    return Value(text=text, sources=(_setting(asked, gettext("Scheme of document codes")),))


def signature_rule(asked: Asked) -> Value:
    """S-097: how documents are signed here."""
    on_paper = gettext("the printed document is signed by hand by a holder of the role that approves it; approval waits for a scan of that page.")
    electronic = gettext("the approval in the system, with name, role and time, is the signature; no paper is signed.")
    text = on_paper if are_signed_on_paper(asked.tenant) else electronic
    return Value(text=text, sources=(_setting(asked, gettext("How documents are signed")),))


def master_list(asked: Asked) -> Value:
    """D-09: every document that is not over, by code. The number in force is not printed: it would be out of date with the next approval."""
    rows = Document.objects.filter(tenant=asked.tenant, is_open=True).select_related("owner_role", "approver_role").defer("body")
    columns = (gettext("Code"), gettext("Title"), gettext("Kind"), gettext("Owned by"), gettext("Approved by"), gettext("Confidentiality"))
    lines = [
        Row(
            (
                d.code or d.reference,
                d.title,
                str(d.get_sort_display()),
                d.owner_role.title if d.owner_role else "",
                d.approver_role.title if d.approver_role else "",
                str(d.get_level_display()),
            ),
            source_of(d),
        )
        for d in rows.order_by("code", "number")
    ]
    return Value(columns=columns, rows=tuple(lines))


def record_kinds(asked: Asked) -> Value:
    """D-09: the kinds of records that are kept in this system, with the clause that asks for them."""
    kinds = sorted(declared(), key=lambda t: str(t.plural_label).casefold())
    columns = (gettext("Kind of record"), gettext("Numbers"), gettext("Clause"))
    return Value(columns=columns, rows=tuple(Row((str(t.plural_label).capitalize(), f"{t.prefix}-…", t.clause)) for t in kinds))


def retention_rules(asked: Asked) -> Value:
    """D-10: how long versions of each kind are kept once they hold no more."""
    kept = rules_of(asked.tenant)
    columns = (gettext("Kind"), gettext("Kept after it holds no more"), gettext("Basis"), gettext("What comes then"))
    lines = []
    for sort, label in Document.SORTS:
        if (rule := kept.get(sort)) is not None:
            months = ngettext("%(n)d month", "%(n)d months", rule.months) % {"n": rule.months}
            source = Source("retention_rule", rule.pk, str(label), KEEPING_PLACE)
            lines.append(Row((str(label), months, rule.basis, str(rule.get_action_display())), source))
    return Value(columns=columns, rows=tuple(lines))


def retention_due(asked: Asked) -> Value:
    """D-10: what is due and not yet disposed of."""
    columns = (gettext("Document"), gettext("Version"), gettext("Due since"), gettext("Basis"))
    lines = []
    for one in due(asked.tenant, asked.at):
        document, version = one.version.document, one.version
        source = Source("document", document.pk, f"{document.reference} {document.title}", f"/documents/{document.number}/versions/{version.number}/")
        lines.append(Row((version.title, version.number, day_words(one.on), one.rule.basis if one.rule else ""), source))
    return Value(columns=columns, rows=tuple(lines))


YEAR = timedelta(days=366)


def review_outcomes(asked: Asked) -> Value:
    """S-093: what came of each review of a document within the past year, the newest first."""
    documents = {d.pk: d for d in Document.objects.filter(tenant=asked.tenant).defer("body")}
    columns = (gettext("Document"), gettext("Version"), gettext("Outcome"), gettext("By"), gettext("On"), gettext("What was looked at"))
    lines = []
    for one in outcomes_of(documents, since=asked.at - YEAR):
        document = documents[one.document]
        named = f"{document.code} {document.title}".strip()
        cells = (named, one.version, one.words, one.who, day_words(day_of(asked.tenant, one.at)), one.note)
        lines.append(Row(cells, source_of(document)))
    return Value(columns=columns, rows=tuple(lines))


for blank in (
    Blank(
        "documents.reviews",
        _("Outcomes of reviews within a year"),
        "table",
        ("document",),
        _("Documents, Review it"),
        review_outcomes,
        "/documents/",
        ("S-093", "D-09"),
    ),
    Blank("documents.code_scheme", _("Scheme of document codes"), "text", ("setting",), KEEPING, code_scheme, KEEPING_PLACE, ("S-004", "D-09")),
    Blank("documents.signature_rule", _("How documents are signed"), "text", ("setting",), KEEPING, signature_rule, KEEPING_PLACE, ("S-097", "D-09")),
    Blank(
        "documents.master_list", _("Master list of documents"), "table", ("document",), _("Documents"), master_list, "/documents/", ("S-069", "D-09")
    ),
    Blank("documents.record_kinds", _("Kinds of records that are kept"), "table", (), _("the system itself"), record_kinds, "", ("S-069", "D-09")),
    Blank(
        "retention.rules",
        _("How long each kind of document is kept"),
        "table",
        ("retention_rule",),
        KEEPING,
        retention_rules,
        KEEPING_PLACE,
        ("7.5.3-f", "D-10"),
    ),
    Blank(
        "retention.due",
        _("What is due for disposal"),
        "table",
        ("document", "retention_rule"),
        KEEPING,
        retention_due,
        KEEPING_PLACE,
        ("7.5.3-f", "D-10"),
    ),
):
    declare_blank(blank)
