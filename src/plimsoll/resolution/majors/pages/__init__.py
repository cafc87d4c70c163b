"""Pages of major incidents: the room, declaring one, the status page, reviews and their reports."""

from django.urls import URLPattern, path

from plimsoll.resolution.majors.pages import declaring, review, room, status


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    one = "majorreviews/<int:number>/"
    return [
        path("incidents/<int:number>/major/", declaring.DeclarePage.as_view(), name="incident_major"),
        path("majors/<int:number>/", room.RoomPage.as_view(), name="major_room"),
        path("majors/<int:number>/act/", room.RoomActPage.as_view(), name="major_act"),
        path("status/", status.StatusPage.as_view(), name="status"),
        path("status/news/", status.StatusNewsPage.as_view(), name="status_news"),
        path(f"{one}decisions/", review.DecisionsPage.as_view(), name="review_decisions"),
        path(f"{one}report/", review.ReportPage.as_view(), name="review_report"),
        path(f"{one}report/<int:version>/", review.ReportPage.as_view(), name="review_report_version"),
    ]
