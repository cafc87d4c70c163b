"""The pages of indicators: the list, one indicator, the records behind a figure, dashboards; and the same for programs."""

from django.urls import URLPattern, path

from plimsoll.evaluation.measurements.pages.dashboards import DashboardPage
from plimsoll.evaluation.measurements.pages.listing import IndicatorsPage
from plimsoll.evaluation.measurements.pages.one import CorrectPage, IndicatorPage
from plimsoll.evaluation.measurements.pages.records import RecordsPage


def routes() -> list[URLPattern]:
    """The addresses of this room."""
    return [
        path("indicators/", IndicatorsPage.as_view(), name="indicators"),
        path("indicators/dashboards/<str:name>/", DashboardPage.as_view(), name="dashboard"),
        path("indicators/<str:key>/", IndicatorPage.as_view(), name="indicator"),
        path("indicators/<str:key>/records/", RecordsPage.as_view(), name="indicator-records"),
        path("indicators/<str:key>/correct/", CorrectPage.as_view(), name="indicator-correct"),
    ]
