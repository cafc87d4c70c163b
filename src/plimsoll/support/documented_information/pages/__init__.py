"""The addresses of documents beside the derived ones."""

from __future__ import annotations

from django.urls import URLPattern, path

from plimsoll.support.documented_information.pages.files import FilePage, LogoPage
from plimsoll.support.documented_information.pages.filling import FieldsPage, WherePage
from plimsoll.support.documented_information.pages.readers import KeepingPage, LegacyPage, ReadersPage, ReadPage
from plimsoll.support.documented_information.pages.review import OutcomePage, RemarksPage, SignaturePage, TemplateChangesPage
from plimsoll.support.documented_information.pages.writing import (
    ComparePage,
    DraftPage,
    LibraryPage,
    PreviewPage,
    TemplatePage,
    TemplatesPage,
    TextPage,
    VersionPage,
    VersionsPage,
)


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("library/", LibraryPage.as_view(), name="library"),
        path("documents/templates/", TemplatesPage.as_view(), name="document_templates"),
        path("documents/templates/<slug:key>/", TemplatePage.as_view(), name="document_template"),
        path("documents/<int:number>/text/", TextPage.as_view(), name="document_text"),
        path("documents/<int:number>/preview/", PreviewPage.as_view(), name="document_preview"),
        path("documents/<int:number>/fields/", FieldsPage.as_view(), name="document_fields"),
        path("documents/<int:number>/fields/where/<str:name>/", WherePage.as_view(), name="document_field_where"),
        path("documents/<int:number>/draft/", DraftPage.as_view(), name="document_draft"),
        path("documents/<int:number>/draft/logo", LogoPage.as_view(), name="document_draft_logo"),
        path("documents/<int:number>/draft.<str:kind>", FilePage.as_view(), name="document_draft_file"),
        path("documents/keeping/", KeepingPage.as_view(), name="document_keeping"),
        path("documents/<int:number>/remarks/", RemarksPage.as_view(), name="document_remarks"),
        path("documents/<int:number>/review/", OutcomePage.as_view(), name="document_review"),
        path("documents/<int:number>/signature/", SignaturePage.as_view(), name="document_signature"),
        path("documents/<int:number>/template/", TemplateChangesPage.as_view(), name="document_template_changes"),
        path("documents/<int:number>/readers/", ReadersPage.as_view(), name="document_readers"),
        path("documents/<int:number>/legacy/", LegacyPage.as_view(), name="document_legacy"),
        path("documents/<int:number>/versions/<str:version>/read/", ReadPage.as_view(), name="document_read"),
        path("documents/<int:number>/versions/", VersionsPage.as_view(), name="document_versions"),
        path("documents/<int:number>/versions/<str:version>/", VersionPage.as_view(), name="document_version"),
        path("documents/<int:number>/versions/<str:version>/logo", LogoPage.as_view(), name="document_version_logo"),
        path("documents/<int:number>/versions/<str:version>/file.<str:kind>", FilePage.as_view(), name="document_version_file"),
        path("documents/<int:number>/compare/", ComparePage.as_view(), name="document_compare"),
    ]
