"""Pages of authorities: versions of a role, what a change touches, who runs the system, what no plan prints, acceptance and letter."""

from django.urls import URLPattern, path

from plimsoll.context.parts.pages.api import parts_room
from plimsoll.leadership.authorities.pages.changes import ForPage, TouchedPage
from plimsoll.leadership.authorities.pages.roles import AcceptPage, AuthoritiesPage, LetterPage, VersionsPage, WhoRunsPage
from plimsoll.leadership.authorities.parts import TOUCHED
from plimsoll.leadership.authorities.record import SMS_CHANGE

ROOM = parts_room(SMS_CHANGE, (TOUCHED,))


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("who-runs-this/", WhoRunsPage.as_view(), name="who_runs"),
        path("authorities/", AuthoritiesPage.as_view(), name="authorities"),
        path("roles/<int:number>/versions/", VersionsPage.as_view(), name="role_versions"),
        path("assignments/<int:number>/accept/", AcceptPage.as_view(), name="assignment_accept"),
        path("assignments/<int:number>/letter/", LetterPage.as_view(), name="assignment_letter"),
        path("sms-changes/for/<str:reference>/", ForPage.as_view(), name="sms_change_for"),
        path("sms-changes/<int:number>/touched/", TouchedPage.as_view(), name="smschange_touched"),
    ]
