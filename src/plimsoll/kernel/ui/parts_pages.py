"""What is done to a record's parts from its page: comments, links, files, tags, watching, checklist, effort. Each is one call into the records."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.macros.operations import use_macro
from plimsoll.kernel.notifications.operations import mute
from plimsoll.kernel.records import files, parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault, declared
from plimsoll.kernel.records.models import Attachment, ChecklistItem, Effort, Link, Record, Tag
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.records.permissions import Refused, is_inside, may
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.ui.canned import macros_sent
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.record_page import RecordPage
from plimsoll.kernel.ui.sent_files import SentFiles, read_sent

CHANNEL = "page"


class PartPage(RecordPage):
    """A page that takes a POST for one kind of part, and on a fault shows the record again with what was typed."""

    tab = ""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._back(self.found(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        try:
            self.write(record)
        except Faulty as error:
            return self.refused(record, error.faults)
        except MoveRefused as error:
            return self.refused(record, [Fault("text", reason) for reason in error.reasons])
        return self._back(record)

    def write(self, record: Record) -> None:
        raise NotImplementedError

    def refused(self, record: Record, faults: list[Fault]) -> HttpResponse:
        query = self.request.GET.copy()
        query["tab"] = self.tab
        self.request.GET = query  # type: ignore[assignment]
        fault = {
            "field": faults[0].field,
            "text": " ".join(f.sentence for f in faults),
            "value": self.request.POST.get("target", ""),
            "meaning": self.request.POST.get("meaning", ""),
        }
        return self.show("ui/record.html", self.context(record, fault=fault), status=422)

    def _back(self, record: Record) -> HttpResponseRedirect:
        return HttpResponseRedirect(address_of(record, self.record_type) + (f"?tab={self.tab}" if self.tab else ""))


class CommentsPage(PartPage):
    """`…/comments/`: say something, to those it concerns or among ourselves; with files."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        try:
            return super().post(request, number)
        except Refused as error:
            record = self.found(number)
            if not may(self.person, f"{record.kind}:comment", record):
                raise  # there is no composer to give the words back in
            return self.refused(record, [Fault("text", str(error))], 403)

    def write(self, record: Record) -> None:
        is_public, text = self.request.POST.get("mode") != "internal", self.request.POST.get("text", "")
        minutes = minutes_in(self.request.POST.get("minutes", ""))
        along = SentFiles.of(self.request, self.person)
        sent = along.read()
        with writing():  # all of it or nothing, so that pressing again after a refusal says and books nothing twice
            self._say(record, text, is_public)
            if minutes is not None:
                parts.spend(record, minutes=minutes, by=self.person, channel=CHANNEL)
            _attach(sent, record, self.person, is_public=is_public)
        along.done()

    def _say(self, record: Record, text: str, is_public: bool) -> None:
        if macros := macros_sent(self.request.POST.get("macro", "")):
            use_macro(macros[0], record, text=text, is_public=is_public, by=self.person, channel=CHANNEL, beside=macros[1:])
        else:
            parts.comment(record, text=text, is_public=is_public, by=self.person, channel=CHANNEL)

    def refused(self, record: Record, faults: list[Fault], status: int = 422) -> HttpResponse:
        context = self.context(record)
        context["composer"] |= {
            "text": self.request.POST.get("text", ""),
            "mode": self.request.POST.get("mode", ""),
            "macro": self.request.POST.get("macro", ""),
            "minutes": self.request.POST.get("minutes", ""),
            "fault": " ".join(f.sentence for f in faults),
            "sent": SentFiles.of(self.request, self.person).hold(),
        }
        return self.show("ui/record.html", context, status=status)

    def _back(self, record: Record) -> HttpResponseRedirect:
        return HttpResponseRedirect(f"{address_of(record, self.record_type)}#composer")


def minutes_in(text: str) -> int | None:
    """Time spent as it was typed; None when nothing was."""
    if not text.strip():
        return None
    if (minutes := whole(text.strip(), 99_999)) is None:
        raise Faulty([Fault("minutes", _("Give the time in whole minutes, such as 45."))])
    return minutes


def _attach(sent: list[tuple[str, bytes]], record: Record, person: Any, *, is_public: bool) -> None:
    for name, content in sent:
        parts.attach(record, name=name, content=content, is_public=is_public, by=person, channel=CHANNEL)


class AttachmentsPage(PartPage):
    """`…/attachments/`: add files."""

    tab = "files"

    def write(self, record: Record) -> None:
        if not self.request.FILES:
            raise Faulty([Fault("files", _("Choose a file first."))])
        sent = read_sent(self.request.FILES.getlist("files"))
        with writing():
            _attach(sent, record, self.person, is_public=self.request.POST.get("internal") != "1")


class DownloadPage(DeclaredView):
    """`…/attachments/{id}/`: the bytes, as a download under a type that no browser opens in place."""

    def get(self, request: HttpRequest, number: int, attachment: int) -> FileResponse:
        record = self.found(number)
        found = Attachment.objects.filter(pk=min(attachment, 2**63 - 1), card_id=record.pk, removed_at=None).first()
        if found is None or not (found.is_public or is_inside(self.person, record)):
            raise Http404
        path = files.path_of(found.digest)
        if not path.exists():
            raise Http404
        response = FileResponse(path.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream")
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response


class LinksPage(PartPage):
    """`…/links/`: relate to another record by number or address, or take a relation away."""

    tab = "linked"

    def write(self, record: Record) -> None:
        post = self.request.POST
        if (gone := whole(post.get("remove", ""))) is not None:
            link = Link.objects.filter(pk=gone).select_related("source", "target").first()
            if link is None or record.pk not in (link.source_id, link.target_id):
                raise Http404
            parts.unlink(link, by=self.person, channel=CHANNEL)
            return
        text = post.get("target", "").strip()
        card = find_by_reference(self.person, text) or self._by_address(text)
        if card is None:
            raise Faulty(
                [Fault("target", _("There is no record “%(text)s” that you may see. Give its number, such as INC-1042.") % {"text": text[:60]})]
            )
        parts.link(record, post.get("meaning", "relates to"), card, by=self.person, channel=CHANNEL)

    def _by_address(self, text: str) -> Any:
        steps = [s for s in urlsplit(text).path.split("/") if s]
        if len(steps) < 2 or whole(steps[1]) is None:
            return None
        prefix = next((t.prefix for t in declared() if t.plural_kind == steps[0]), "")
        return find_by_reference(self.person, f"{prefix}-{steps[1]}") if prefix else None


class TagsPage(PartPage):
    """`…/tags/`: the words on a record, and who watches it."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        if not may(self.person, f"{record.kind}:amend", record):
            raise PermissionDenied
        tags = list(Tag.objects.filter(cards=record.pk).order_by("name").values_list("name", flat=True))
        return self.show(
            "ui/tags.html",
            {
                "record": record,
                "base": address_of(record, self.record_type),
                "tags": ", ".join(tags),
                "crumbs": self.record_crumbs(record, (_("Tags"), "")),
            },
        )

    def write(self, record: Record) -> None:
        parts.tag(record, self.request.POST.get("tags", "").split(","), by=self.person, channel=CHANNEL)


class WatchPage(PartPage):
    """`…/watch/`: follow a record, or no more."""

    def write(self, record: Record) -> None:
        if self.request.POST.get("watch") == "0":
            parts.unwatch(record, by=self.person, channel=CHANNEL)
            messages.success(self.request, _("You hear no more of %(ref)s.") % {"ref": record.reference})
        else:
            parts.watch(record, by=self.person, channel=CHANNEL)
            messages.success(self.request, _("You watch %(ref)s now.") % {"ref": record.reference})


class MutePage(PartPage):
    """`…/mute/`: be told no more of a record that one is concerned with, or be told again."""

    def write(self, record: Record) -> None:
        is_muted = self.request.POST.get("mute") != "0"
        mute(self.person, record, is_muted=is_muted)
        told = _("You are told no more of %(ref)s.") if is_muted else _("You are told of %(ref)s again.")
        messages.success(self.request, told % {"ref": record.reference})


class ChecklistPage(PartPage):
    """`…/checklist/`: add a thing to tick, tick it, take the tick back."""

    tab = "checklist"

    def write(self, record: Record) -> None:
        post = self.request.POST
        if (key := whole(post.get("item", ""))) is not None:
            item = ChecklistItem.objects.filter(pk=key, card_id=record.pk, removed_at=None).first()
            if item is None:
                raise Http404
            parts.tick(item, record, is_done=post.get("done") == "1", by=self.person, channel=CHANNEL)
        else:
            parts.add_check(record, text=post.get("text", ""), by=self.person, channel=CHANNEL)


class EffortsPage(PartPage):
    """`…/efforts/`: book time, and who booked what."""

    def get(self, request: HttpRequest, number: int, fault: str = "") -> HttpResponse:
        record = self.found(number)
        if not is_inside(self.person, record):
            raise Http404
        efforts = list(Effort.objects.filter(card_id=record.pk, removed_at=None).select_related("person").order_by("-spent_on", "-id")[:200])
        return self.show(
            "ui/efforts.html",
            {
                "record": record,
                "base": address_of(record, self.record_type),
                "efforts": efforts,
                "fault": fault,
                "typed": request.POST,
                "can_amend": may(self.person, f"{record.kind}:amend", record),
                "crumbs": self.record_crumbs(record, (_("Effort"), "")),
            },
            status=422 if fault else 200,
        )

    def write(self, record: Record) -> None:
        minutes = minutes_in(self.request.POST.get("minutes", "") or "-")
        assert minutes is not None
        parts.spend(
            record,
            minutes=minutes,
            activity=self.request.POST.get("activity", "")[:60],
            note=self.request.POST.get("note", "")[:250],
            by=self.person,
            channel=CHANNEL,
        )

    def refused(self, record: Record, faults: list[Fault]) -> HttpResponse:
        return self.get(self.request, record.number, fault=" ".join(f.sentence for f in faults))
