"""Pages of objectives: the record page with its trend, actions, measurements."""

from django.urls import URLPattern, path

from plimsoll.planning.objectives.pages.record import ActionsPage, MeasurementsPage, ObjectivePage


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("objectives/<int:number>/", ObjectivePage.as_view(), name="objective_record"),
        path("objectives/<int:number>/actions/", ActionsPage.as_view(), name="objective_actions"),
        path("objectives/<int:number>/measurements/", MeasurementsPage.as_view(), name="objective_measurements"),
    ]
