"""Pages of requests that the derived ones cannot be: the catalogue, ordering, the picture of a request, editing what can be ordered."""

from django.urls import URLPattern, path

from plimsoll.resolution.requests.pages.editing import (
    BasicsPage,
    DraftPage,
    FieldPage,
    ItemPage,
    StepPage,
    TaskPage,
    VersionPage,
    VersionsPage,
)
from plimsoll.resolution.requests.pages.entitling import DecidersPage, EntitlementsPage
from plimsoll.resolution.requests.pages.ordering import CataloguePage, OrderPage
from plimsoll.resolution.requests.pages.record import RequestPage
from plimsoll.resolution.requests.pages.recurring import RecurrencePage, RecurrencesPage
from plimsoll.resolution.requests.pages.turning import AsRequestPage


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    one = "requestmodels/<int:number>/"
    return [
        path("requests/order/", CataloguePage.as_view(), name="order"),
        path("requests/new/", CataloguePage.as_view(), name="request_new"),
        path("requests/order/<int:number>/", OrderPage.as_view(), name="order_one"),
        path("requests/<int:number>/", RequestPage.as_view(), name="request_page"),
        path(f"{one}versions/", VersionsPage.as_view(), name="model_versions"),
        path(f"{one}versions/<int:version>/", VersionPage.as_view(), name="model_version"),
        path(f"{one}draft/", DraftPage.as_view(), name="model_draft"),
        path(f"{one}draft/basics/", BasicsPage.as_view(), name="model_basics"),
        path(f"{one}draft/item/", ItemPage.as_view(), name="model_item"),
        path(f"{one}draft/fields/<str:place>/", FieldPage.as_view(), name="model_field"),
        path(f"{one}draft/steps/<str:place>/", StepPage.as_view(), name="model_step"),
        path(f"{one}draft/tasks/<str:place>/", TaskPage.as_view(), name="model_task"),
        path(f"{one}audience/", EntitlementsPage.as_view(), name="model_audience"),
        path(f"{one}recurring/", RecurrencePage.as_view(), name="model_recurring"),
        path("requestmodels/recurring/", RecurrencesPage.as_view(), name="recurring"),
        path("requestmodels/deciders/", DecidersPage.as_view(), name="deciders"),
        path("incidents/<int:number>/as-request/", AsRequestPage.as_view(), name="incident_as_request"),
        path("incidents/<int:number>/moves/close_as_request/", AsRequestPage.as_view(), name="incident_close_as_request"),
    ]
