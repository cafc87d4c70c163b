"""What stands on the page of a document: its versions with what changed since, and the ways to its text and its fields."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.documents.claiming import claims_in_force
from plimsoll.kernel.documents.drifting import by_record
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.referencing import defects_of
from plimsoll.kernel.documents.remarking import must_be_settled
from plimsoll.kernel.documents.signing import are_signed_on_paper
from plimsoll.kernel.documents.taking_over import moved_on
from plimsoll.kernel.documents.triggers import open_reviews, trigger_words
from plimsoll.kernel.figures.claims import CONTRADICTED
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.sources import source_of_card
from plimsoll.kernel.ui.panels import Act, Flag, PanelRow
from plimsoll.support.documented_information.queries import versions_for

MOST = 6
CATEGORIES = {"approved": "ready", "valid": "active", "superseded": "closed", "withdrawn": "dropped"}


class Versions:
    """The approved versions, newest first."""

    @property
    def title(self) -> str:
        return _("Versions")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Document)
        return [
            PanelRow(
                f"/documents/{record.number}/versions/{v.number}/",
                _("Version %(n)s") % {"n": v.number},
                "",
                _("%(state)s, from %(day)s") % {"state": v.get_state_display(), "day": date_format(v.started_on, "j F Y")},
                CATEGORIES[v.state],
            )
            for v in versions_for(record, person)[:MOST]
        ]

    def more(self, record: Record) -> str:
        return f"/documents/{record.number}/versions/"

    def change(self, record: Record, person: Person) -> str:
        return ""


def document_acts(record: Record, person: Person) -> list[Act]:
    """The ways to the text, the fields and the draft, for who works on documents."""
    if not may(person, "document:internal", record):
        return []
    base = f"/documents/{record.number}/"
    acts = [Act(_("Read the draft"), f"{base}draft/", "file-text"), Act(_("Fields"), f"{base}fields/", "list-checks")]
    if may(person, "document:amend", record):
        acts.insert(0, Act(_("Write the text"), f"{base}text/", "pencil"))
    acts += [Act(_("Remarks"), f"{base}remarks/", "message-square"), Act(_("Who must read it"), f"{base}readers/", "eye")]
    if record.state in ("valid", "overdue"):
        acts.append(Act(_("Review it"), f"{base}review/", "check"))
    if record.state == "in_review" and are_signed_on_paper(record.tenant):
        acts.append(Act(_("Signature on paper"), f"{base}signature/", "pencil"))
    return [*acts, Act(_("Compare versions"), f"{base}compare/", "git-compare")]


def drifted(record: Record, person: Person) -> list[Flag]:
    """That records say otherwise than the version in force, and the one way on."""
    assert isinstance(record, Document)
    if not record.edition or not may(person, "document:internal", record):
        return []
    version = record.versions.filter(state="valid").first()
    count = len(by_record(version.drifts.defer("was", "now"))) if version is not None else 0
    if version is None or not count:
        return []
    said = ngettext(
        "One record says otherwise than version %(number)s does.",
        "%(n)d records say otherwise than version %(number)s does.",
        count,
    ) % {"number": version.number, "n": count}
    links = [(_("What changed"), f"/documents/{record.number}/versions/{version.number}/")]
    if record.state in ("valid", "overdue") and may(person, "document:revise", record):
        links.append((_("Draft the next version"), f"/documents/{record.number}/moves/revise/"))
    return [Flag(said, "watch", tuple(links))]


def said_of_it(record: Record, person: Person) -> list[Flag]:
    """Remarks that hold up the approval, a template that moved on, references that lead nowhere; for who works on documents."""
    assert isinstance(record, Document)
    if not may(person, "document:internal", record):
        return []
    base = f"/documents/{record.number}/"
    found = []
    if open_ones := must_be_settled([record]).get(record.pk):
        said = ngettext("%(n)d remark must be settled before the approval.", "%(n)d remarks must be settled before the approval.", len(open_ones))
        found.append(Flag(said % {"n": len(open_ones)}, "watch", ((_("Remarks"), f"{base}remarks/"),)))
    if record.is_open and (template := moved_on(record)) is not None:
        said = _("The template “%(title)s” changed since this document took from it.") % {"title": template.title}
        found.append(Flag(said, "watch", ((_("What it changed"), f"{base}template/"),)))
    if record.is_open:
        found += [Flag(one.sentence, "watch", ((one.source.label, one.source.href),) if one.source else ()) for one in defects_of(record)]
    return found


def contradicted(record: Record, person: Person) -> list[Flag]:
    """That the version in force claims what records contradict."""
    assert isinstance(record, Document)
    if not record.edition or not may(person, "document:internal", record):
        return []
    version = record.versions.filter(state="valid").defer("source", "printed").first()
    wrong = [c for c in claims_in_force(version) if c.standing == CONTRADICTED] if version is not None else []
    if version is None or not wrong:
        return []
    said = ngettext("Records contradict one claim: “%(words)s”.", "Records contradict %(n)d claims, such as “%(words)s”.", len(wrong))
    link = (_("Which records"), f"/documents/{record.number}/versions/{version.number}/#claims")
    return [Flag(said % {"n": len(wrong), "words": wrong[0].words}, "watch", (link,))]


def review_asked(record: Record, person: Person) -> list[Flag]:
    """That something changed, and the document is to be looked at because of it."""
    assert isinstance(record, Document)
    if not may(person, "document:internal", record):
        return []
    found = []
    for one in open_reviews([record]):
        said = {"what": trigger_words(one.trigger), "record": one.card.reference, "day": date_format(one.due_on, "j F Y")}
        links = [(one.card.reference, source_of_card(one.card).href)]
        if record.state in ("valid", "overdue"):
            links.append((_("Review it"), f"/documents/{record.number}/review/"))
        sentence = _("To be looked at by %(day)s, as %(what)s (%(record)s).") % said
        found.append(Flag(sentence, "watch", tuple(links)))
    return found
