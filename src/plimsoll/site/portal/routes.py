"""The addresses of the portal. A thing that somebody asked for has the same pages whatever its kind."""

from __future__ import annotations

from django.urls import URLPattern, path

from plimsoll.kernel.ui.routes import by_use
from plimsoll.site.portal import accesses, acts, home, listing, live, one, ordering, reading, report
from plimsoll.site.portal.shell import followed


def routes() -> list[URLPattern]:
    """For the site's addresses."""
    found = [
        path("portal/", home.PortalHome.as_view(), name="portal"),
        path("portal/live/", home.HomeNewsPage.as_view(), name="portal_live"),
        path("portal/search/", home.PortalSearch.as_view(), name="portal_search"),
        path("portal/report/", report.ReportPage.as_view(), name="portal_report"),
        path("portal/similar/", report.SimilarPage.as_view(), name="portal_similar"),
        path("portal/mine/", listing.MinePage.as_view(), name="portal_mine"),
        path("portal/mine/live/", listing.MineNewsPage.as_view(), name="portal_mine_live"),
        path("portal/order/", ordering.PortalCataloguePage.as_view(), name="portal_order"),
        path("portal/order/<int:number>/", ordering.PortalOrderPage.as_view(), name="portal_order_one"),
        path("portal/articles/", reading.ArticlesPage.as_view(), name="portal_articles"),
        path("portal/articles/<int:number>/", reading.ArticlePage.as_view(), name="portal_article"),
        path("portal/accesses/", accesses.AccessesPage.as_view(), name="portal_accesses"),
        path("portal/promises/", reading.PromisesPage.as_view(), name="portal_promises"),
    ]
    for rt in by_use():
        if rt in followed():
            at, kind = f"portal/{rt.plural_kind}/<int:number>/", rt.kind
            found += [
                path(at, one.OnePage.as_view(record_type=rt), name=f"portal-{kind}"),
                path(f"{at}live/", live.PortalLivePage.as_view(record_type=rt), name=f"portal-{kind}-live"),
                path(f"{at}answer/", acts.AnswerPage.as_view(record_type=rt), name=f"portal-{kind}-answer"),
                path(f"{at}moves/<str:name>/", acts.PortalMovePage.as_view(record_type=rt), name=f"portal-{kind}-move"),
                path(f"{at}decide/", acts.DecidePage.as_view(record_type=rt), name=f"portal-{kind}-decide"),
                path(f"{at}rate/", acts.RatePage.as_view(record_type=rt), name=f"portal-{kind}-rate"),
            ]
    return found
