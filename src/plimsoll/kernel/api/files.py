"""The endpoints of attachments: listed and sent as multipart, always given out as a download that no browser shows in place."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.api.parts import AUDIENCES, PAGED, audience_of, named
from plimsoll.kernel.api.problems import BASE, Problem, faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, id_of, listed, nothing, number_of, person_of, typed
from plimsoll.kernel.api.records import View
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.records import files, parts
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Attachment, Record
from plimsoll.kernel.records.permissions import is_inside


def file_views(record_type: RecordType) -> dict[str, View]:
    """The views of the attachments of one kind, by name."""

    def form(found: Attachment, record: Record) -> dict[str, Any]:
        return {
            "id": found.pk,
            "name": found.name,
            "content_type": found.content_type,
            "size": found.size,
            "digest": found.digest,
            "audience": AUDIENCES[not found.is_public],
            "scan": found.scan,
            "added_by": named(found.added_by),
            "added_at": found.added_at,
            "content": f"{BASE}/{record_type.plural_kind}/{record.number}/attachments/{found.pk}/content",
        }

    def rows(request: HttpRequest, record: Record) -> Any:
        found = Attachment.objects.filter(card_id=record.pk, removed_at=None).select_related("added_by")
        return found if is_inside(person_of(request), record) else found.filter(is_public=True)

    def one(request: HttpRequest, record: Record, text: str) -> Attachment:
        found: Attachment | None = rows(request, record).filter(pk=id_of(text)).first()
        if found is None:
            raise Http404
        return found

    def list_attachments(request: HttpRequest, number: str) -> HttpResponse:
        check_parameters(request, PAGED)
        record = record_by(record_type, person_of(request), number_of(record_type, number))
        return listed(request, [rows(request, record)], "id", lambda found: [form(a, record) for a in found])

    def add_attachment(request: HttpRequest, number: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request)
        record = record_by(record_type, person, number_of(record_type, number))
        if request.content_type != "multipart/form-data":
            raise Problem("unsupported-media-type", _("Send the file as multipart/form-data."))
        sent = request.FILES.get("file")
        if sent is None:
            raise faulty("file", _("A file is needed."))
        if sent.size is not None and sent.size > files.most_bytes():
            raise Problem("too-large", _("The file is larger than %(n)d MB.") % {"n": files.most_bytes() // 1_000_000})
        is_public = audience_of({"audience": request.POST.get("audience")})
        made = parts.attach(record, name=sent.name or "file", content=sent.read(), is_public=is_public, by=person, channel="api")
        return answer(form(made, record), status=201, location=form(made, record)["content"])

    def read_attachment(request: HttpRequest, number: str, attachment: str) -> HttpResponse:
        check_parameters(request)
        record = record_by(record_type, person_of(request), number_of(record_type, number))
        found = one(request, record, attachment)
        if found.scan == "infected":
            raise Refused(_("This file holds something harmful and is not given out."))
        try:
            content = files.read(found.digest)
        except FileNotFoundError:
            raise Http404 from None
        made = HttpResponse(content, content_type="application/octet-stream")
        made["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
        made["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return made

    def remove_attachment(request: HttpRequest, number: str, attachment: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request)
        record = record_by(record_type, person, number_of(record_type, number))
        found = one(request, record, attachment)
        body = body_of(request, ("note",), ("note",))
        parts.detach(found, record, by=person, channel="api", note=typed(body, "note", str, ""))
        return nothing()

    return {view.__name__: view for view in (list_attachments, add_attachment, read_attachment, remove_attachment)}
