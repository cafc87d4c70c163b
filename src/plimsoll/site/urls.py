"""Every address of the house."""

from django.urls import URLPattern, URLResolver, path

from plimsoll.agreements.levels import pages as levels
from plimsoll.agreements.levels.pages.api import ROOM as AGREEMENTS
from plimsoll.agreements.parties import pages as parties
from plimsoll.agreements.relationships.pages import ROOM as SATISFACTION
from plimsoll.context.interested_parties import pages as interested_parties
from plimsoll.context.processes import pages as processes
from plimsoll.context.scopes import pages as scopes
from plimsoll.evaluation.conformity import pages as conformity
from plimsoll.evaluation.conformity.pages.api import ROOM as CONFORMITY
from plimsoll.evaluation.measurements import pages as measurements
from plimsoll.evaluation.measurements.pages.api import ROOM as INDICATORS
from plimsoll.kernel.api.main import build_api
from plimsoll.kernel.ui.routes import routes
from plimsoll.leadership.authorities import pages as authorities
from plimsoll.leadership.policies import pages as policies
from plimsoll.planning.objectives import pages as objectives
from plimsoll.planning.objectives.pages.api import ROOM as OBJECTIVES
from plimsoll.planning.risks import pages as risks
from plimsoll.planning.risks.pages.api import ROOM as RISKS
from plimsoll.portfolio.services import pages as services
from plimsoll.resolution.incidents import pages as incidents
from plimsoll.resolution.incidents.pages import merging
from plimsoll.resolution.majors import pages as majors
from plimsoll.resolution.majors.pages.api import ROOM as MAJORS
from plimsoll.resolution.requests import pages as requests
from plimsoll.resolution.requests.pages.api import ROOM as ORDERING
from plimsoll.site.desk import (
    calendar_page,
    error,
    findings_page,
    guide_page,
    health,
    home,
    inbox_page,
    jobs_page,
    search_page,
    urls_exchange,
    urls_people,
    urls_settings,
)
from plimsoll.site.portal.routes import routes as portal
from plimsoll.support.awareness import pages as awareness
from plimsoll.support.competence import pages as competence
from plimsoll.support.competence.pages.api import ROOM as TRAINING
from plimsoll.support.documented_information import pages as documented_information
from plimsoll.support.documented_information.pages.api import ROOM as CLAIMS
from plimsoll.support.intake import pages as intake
from plimsoll.support.knowledge import pages as knowledge

API = build_api(
    [
        INDICATORS,
        CONFORMITY,
        AGREEMENTS,
        MAJORS,
        ORDERING,
        SATISFACTION,
        scopes.ROOM,
        interested_parties.ROOM,
        authorities.ROOM,
        policies.ROOM,
        RISKS,
        OBJECTIVES,
        processes.ROOM,
        parties.ROOM,
        TRAINING,
        CLAIMS,
    ]
)

# An address is looked for from the top, a pattern at a time: what is asked for most stands first.
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", API.urls),
    *incidents.routes(),
    *merging.routes(),
    *majors.routes(),
    *requests.routes(),
    *services.routes(),
    *levels.routes(),
    *knowledge.routes(),
    *intake.routes(),
    *documented_information.routes(),
    *scopes.routes(),
    *authorities.routes(),
    *interested_parties.routes(),
    *policies.routes(),
    *risks.routes(),
    *objectives.routes(),
    *processes.routes(),
    *parties.routes(),
    *competence.routes(),
    *awareness.routes(),
    *measurements.routes(),
    *conformity.routes(),
    *portal(),
    *routes(),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("", home.HomePage.as_view(), name="home"),
    path("search/", search_page.SearchPage.as_view(), name="search"),
    path("go/<str:reference>/", search_page.GoPage.as_view(), name="go"),
    path("palette.json", search_page.PalettePage.as_view(), name="palette"),
    path("inbox/", inbox_page.InboxPage.as_view(), name="inbox"),
    path("inbox/live/", inbox_page.LiveInboxPage.as_view(), name="inbox_live"),
    path("inbox/muted/", inbox_page.MutedPage.as_view(), name="inbox_muted"),
    path("inbox/muted/<int:number>/", inbox_page.MutedPage.as_view(), name="inbox_hear"),
    path("inbox/unread/<int:moment>/", inbox_page.UnreadPage.as_view(), name="inbox_unread"),
    path("inbox/<int:number>/", inbox_page.NoticePage.as_view(), name="notice"),
    path("calendar/", calendar_page.CalendarPage.as_view(), name="calendar"),
    path("calendar/feeds/", calendar_page.FeedsPage.as_view(), name="calendar_feeds"),
    path("calendar/feeds/<int:number>/end/", calendar_page.EndFeedPage.as_view(), name="calendar_feed_end"),
    path("calendar/feed/<str:secret>.ics", calendar_page.FeedPage.as_view(), name="calendar_feed"),
    path("guide/", guide_page.GuidePage.as_view(), name="guide"),
    path("guide/<slug:key>/", guide_page.StepPage.as_view(), name="guide_step"),
    path("guide/<slug:key>/go/<int:number>/", guide_page.GoPage.as_view(), name="guide_go"),
    path("findings/", findings_page.FindingsPage.as_view(), name="findings"),
    path("jobs/", jobs_page.JobsPage.as_view(), name="jobs"),
    path("jobs/<int:number>/", jobs_page.JobActPage.as_view(), name="job-act"),
    *urls_people.urlpatterns,
    *urls_settings.urlpatterns,
    *urls_exchange.urlpatterns,
]

handler400 = error.bad_request
handler403 = error.refused
handler404 = error.not_found
