"""What documents can claim of documents: that they are reviewed in their interval, and read by those who must."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.models import Document, DocumentVersion, Reading
from plimsoll.kernel.figures.claims import Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.lib.time import months_later
from plimsoll.kernel.records.lately import last_done
from plimsoll.kernel.records.sources import day_of, day_words, source_of

KINDS = ("document",)


def _in_force(over: Over) -> list[Document]:
    rows = Document.objects.filter(tenant=over.tenant).exclude(edition="").defer("body").order_by("number")
    code = over.given.get("code")
    return list(rows.filter(code=code) if code and code != "all" else rows)


def reviewed(over: Over) -> Verdict:
    """Three queries."""
    rows = _in_force(over)
    began = dict(DocumentVersion.objects.filter(document__in=[d.pk for d in rows], state="valid").values_list("document_id", "started_on"))
    looked = last_done([d.pk for d in rows], "confirm", until=over.at)
    today, months = day_of(over.tenant, over.at), over.number("months")
    wrong = []
    for document in rows:
        days = [began[document.pk]] if document.pk in began else []
        days += [day_of(over.tenant, looked[document.pk])] if document.pk in looked else []
        if not days or months_later(max(days), months) < today:
            why = _("last approved or reviewed on %(day)s") % {"day": day_words(max(days))} if days else _("never reviewed")
            wrong.append(Offender(source_of(document), why))
    return Verdict(tuple(d.pk for d in rows), tuple(wrong))


def on_time(over: Over) -> Verdict:
    """One query."""
    rows, today = _in_force(over), day_of(over.tenant, over.at)
    said = _("its review was due on %(day)s")
    late = [d for d in rows if d.review_due_date is not None and d.review_due_date < today]
    return Verdict(tuple(d.pk for d in rows), tuple(Offender(source_of(d), said % {"day": day_words(d.review_due_date)}) for d in late))


def read(over: Over) -> Verdict:
    """Two queries."""
    rows = _in_force(over)
    today = day_of(over.tenant, over.at)
    asked: dict[int, int] = {}
    late: dict[int, int] = {}
    found = Reading.objects.filter(version__document__in=[d.pk for d in rows], version__state="valid", dropped_at=None)
    for document, read_at, due_on in found.values_list("version__document_id", "read_at", "due_on"):
        asked[document] = asked.get(document, 0) + 1
        if read_at is None and due_on < today:
            late[document] = late.get(document, 0) + 1
    counted = [d for d in rows if d.pk in asked]
    wrong = [
        Offender(source_of(d), _("%(late)d of %(asked)d have not read it in time") % {"late": late[d.pk], "asked": asked[d.pk]})
        for d in counted
        if d.pk in late
    ]
    return Verdict(tuple(d.pk for d in counted), tuple(wrong))


CODE = Parameter("code", gettext_lazy("code of one document, or `all`"), default="all")
declare_claim(
    Claim(
        "documents.reviewed",
        gettext_lazy("Documents are reviewed in their interval"),
        gettext_lazy(
            "Counts the documents of which a version is in force, or the one of a code. Contradicted by each whose version came into force, and was "
            "last confirmed by a review, more than so many months ago."
        ),
        KINDS,
        reviewed,
        (Parameter("months", gettext_lazy("months between two reviews"), 1, 60), CODE),
        ids=("S-093", "S-103", "7.5.3-e"),
    )
)
declare_claim(
    Claim(
        "documents.on_time",
        gettext_lazy("No review of a document is overdue"),
        gettext_lazy(
            "Counts the documents of which a version is in force, or the one of a code. Contradicted by each whose review, in the interval that it "
            "states itself, was due on a day that has passed."
        ),
        KINDS,
        on_time,
        (CODE,),
        ids=("S-093", "S-103"),
    )
)
declare_claim(
    Claim(
        "documents.read",
        gettext_lazy("Whoever must read a document has read it"),
        gettext_lazy(
            "Counts the documents in force, or the one of a code, that somebody was asked to read. Contradicted by each that somebody who is asked "
            "has not read by the day given."
        ),
        KINDS,
        read,
        (CODE,),
        ids=("S-013", "7.3-a"),
    )
)
