"""Pages of risks: the map, the criteria and their sandbox, treatments, and the record page with what was decided."""

from django.urls import URLPattern, path

from plimsoll.planning.risks.pages.criteria import ChangedPage, CriteriaPage
from plimsoll.planning.risks.pages.map import MapPage
from plimsoll.planning.risks.pages.record import RiskPage, TreatmentsPage


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("risks/map/", MapPage.as_view(), name="risk_map"),
        path("risks/criteria/", CriteriaPage.as_view(), name="risk_criteria"),
        path("risks/<int:number>/", RiskPage.as_view(), name="risk_record"),
        path("risks/<int:number>/treatments/", TreatmentsPage.as_view(), name="risk_treatments"),
        path("riskcriteria/<int:number>/changed/", ChangedPage.as_view(), name="risk_criteria_changed"),
    ]
