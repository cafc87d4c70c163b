"""The addresses of every declared kind: a loop of plain `path()` lines. What a room's own pages say first, shadows them."""

from __future__ import annotations

from django.urls import URLPattern, path

from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.ui import (
    alike,
    approving,
    bulk,
    bulk_job,
    exporting_page,
    lists,
    live_pages,
    macro_pages,
    parts_pages,
    pins,
    reading_pages,
    record_page,
    redacting,
    row_menu,
    undoing,
    view_pages,
    writing,
)
from plimsoll.kernel.ui.choosing import ChoosePage
from plimsoll.kernel.ui.drafts_page import drafts_page


def routes_of(record_type: RecordType) -> list[URLPattern]:
    """The addresses of one kind."""
    plural, kind = record_type.plural_kind, record_type.kind
    one = f"{plural}/<int:number>/"
    return [
        path(f"{plural}/", lists.ListPage.as_view(record_type=record_type), name=f"{kind}-list"),
        path(f"{plural}/news/", lists.NewsPage.as_view(record_type=record_type), name=f"{kind}-news"),
        path(f"{plural}/export/", exporting_page.ExportPage.as_view(record_type=record_type), name=f"{kind}-export"),
        path(f"{plural}/new/", writing.NewPage.as_view(record_type=record_type), name=f"{kind}-new"),
        path(f"{plural}/bulk/", bulk.BulkPage.as_view(record_type=record_type), name=f"{kind}-bulk"),
        path(f"{plural}/moves/<str:name>/", bulk.BulkMovePage.as_view(record_type=record_type), name=f"{kind}-bulk-move"),
        path(f"{plural}/assign/", bulk.AssignPage.as_view(record_type=record_type), name=f"{kind}-bulk-assign"),
        path(f"{plural}/fields/", bulk.FieldsPage.as_view(record_type=record_type), name=f"{kind}-bulk-fields"),
        path(f"{plural}/bulk/<int:job>/", bulk_job.BulkJobPage.as_view(record_type=record_type), name=f"{kind}-bulk-job"),
        path(f"{plural}/undo/", undoing.UndoPage.as_view(record_type=record_type), name=f"{kind}-undo"),
        path(f"{plural}/views/", view_pages.ViewsPage.as_view(record_type=record_type), name=f"{kind}-views"),
        path(f"{plural}/views/counts/", view_pages.CountsPage.as_view(record_type=record_type), name=f"{kind}-view-counts"),
        path(f"{plural}/views/new/", view_pages.ViewPage.as_view(record_type=record_type), name=f"{kind}-view-new"),
        path(f"{plural}/views/<int:view>/", view_pages.ViewPage.as_view(record_type=record_type), name=f"{kind}-view"),
        path(f"{plural}/views/<int:view>/remove/", view_pages.RemoveViewPage.as_view(record_type=record_type), name=f"{kind}-view-remove"),
        path(f"{plural}/views/<int:view>/pin/", pins.PinPage.as_view(record_type=record_type), name=f"{kind}-view-pin"),
        path(f"{plural}/columns/", view_pages.ColumnsPage.as_view(record_type=record_type), name=f"{kind}-columns"),
        path(f"{plural}/macros/", macro_pages.MacrosPage.as_view(record_type=record_type), name=f"{kind}-macros"),
        path(f"{plural}/macros/new/", macro_pages.MacroPage.as_view(record_type=record_type), name=f"{kind}-macro-new"),
        path(f"{plural}/macros/<int:macro>/", macro_pages.MacroPage.as_view(record_type=record_type), name=f"{kind}-macro"),
        path(f"{plural}/macros/<int:macro>/remove/", macro_pages.RemoveMacroPage.as_view(record_type=record_type), name=f"{kind}-macro-remove"),
        path(f"{one}macros/", macro_pages.ChooseMacroPage.as_view(record_type=record_type), name=f"{kind}-macro-choose"),
        path(f"{plural}/alike/", alike.AlikePage.as_view(record_type=record_type), name=f"{kind}-alike"),
        path(f"{one}alike/", alike.AlikePage.as_view(record_type=record_type), name=f"{kind}-alike-this"),
        path(one, record_page.RecordPage.as_view(record_type=record_type), name=f"{kind}-record"),
        path(f"{one}acts/", row_menu.ActsPage.as_view(record_type=record_type), name=f"{kind}-acts"),
        path(f"{one}live/", live_pages.LivePage.as_view(record_type=record_type), name=f"{kind}-live"),
        path(f"{one}presence/", live_pages.PresencePage.as_view(record_type=record_type), name=f"{kind}-presence"),
        path(f"{one}edit/", writing.EditPage.as_view(record_type=record_type), name=f"{kind}-edit"),
        path(f"{one}moves/<str:name>/", writing.MovePage.as_view(record_type=record_type), name=f"{kind}-move"),
        path(f"{one}why/", writing.WhyPage.as_view(record_type=record_type), name=f"{kind}-why"),
        path(f"{one}trail/", reading_pages.TrailPage.as_view(record_type=record_type), name=f"{kind}-trail"),
        path(f"{one}workflow/", reading_pages.WorkflowPage.as_view(record_type=record_type), name=f"{kind}-workflow"),
        path(f"{one}print/", reading_pages.PrintPage.as_view(record_type=record_type), name=f"{kind}-print"),
        path(f"{one}approvals/", approving.ApprovalsPage.as_view(record_type=record_type), name=f"{kind}-approvals"),
        path(f"{one}comments/", parts_pages.CommentsPage.as_view(record_type=record_type), name=f"{kind}-comments"),
        path(f"{one}links/", parts_pages.LinksPage.as_view(record_type=record_type), name=f"{kind}-links"),
        path(f"{one}attachments/", parts_pages.AttachmentsPage.as_view(record_type=record_type), name=f"{kind}-attachments"),
        path(f"{one}attachments/<int:attachment>/", parts_pages.DownloadPage.as_view(record_type=record_type), name=f"{kind}-download"),
        path(f"{one}tags/", parts_pages.TagsPage.as_view(record_type=record_type), name=f"{kind}-tags"),
        path(f"{one}watch/", parts_pages.WatchPage.as_view(record_type=record_type), name=f"{kind}-watch"),
        path(f"{one}mute/", parts_pages.MutePage.as_view(record_type=record_type), name=f"{kind}-mute"),
        path(f"{one}redact/", redacting.RedactPage.as_view(record_type=record_type), name=f"{kind}-redact"),
        path(f"{one}checklist/", parts_pages.ChecklistPage.as_view(record_type=record_type), name=f"{kind}-checklist"),
        path(f"{one}efforts/", parts_pages.EffortsPage.as_view(record_type=record_type), name=f"{kind}-efforts"),
    ]


def by_use() -> list[RecordType]:
    """The kinds, those that people work on all day first: an address is looked for from the top, and a hundred patterns cost half a millisecond."""
    return sorted(declared(), key=lambda record_type: not record_type.requester)


def routes() -> list[URLPattern]:
    """The addresses of all kinds, and the typed searches that their forms use."""
    return [
        *(route for record_type in by_use() for route in routes_of(record_type)),
        path("views/pinned/", pins.PinnedPage.as_view(), name="pinned"),
        path("drafts/", drafts_page, name="drafts"),
        path("choose/<str:model>/", ChoosePage.as_view(), name="choose"),
    ]
