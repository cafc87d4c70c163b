"""Pages of agreements that the derived ones cannot be, and their part of the API."""

from django.urls import URLPattern, path

from plimsoll.agreements.levels.pages.again import AgainPage
from plimsoll.agreements.levels.pages.exceptions import ExceptionsPage
from plimsoll.agreements.levels.pages.terms import DraftPage, LinesPage, VersionPage, VersionsPage


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("agreements/<int:number>/versions/", VersionsPage.as_view(), name="agreement_versions"),
        path("agreements/<int:number>/versions/<int:version>/", VersionPage.as_view(), name="agreement_version"),
        path("agreements/<int:number>/draft/", DraftPage.as_view(), name="agreement_draft"),
        path("agreements/<int:number>/exceptions/", ExceptionsPage.as_view(), name="agreement_exceptions"),
        path("recalculations/<int:number>/again/", AgainPage.as_view(), name="recalculation_again"),
        path("recalculations/<int:number>/lines/", LinesPage.as_view(), name="recalculation_lines"),
    ]
