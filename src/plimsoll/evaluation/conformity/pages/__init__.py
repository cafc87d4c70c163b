"""The pages of conformity: the wall, a sub-clause, one requirement, what falls short, and how it is decided; and the same for programs."""

from django.urls import URLPattern, path

from plimsoll.evaluation.conformity.pages.acting import ComputePage
from plimsoll.evaluation.conformity.pages.gaps import GapsPage
from plimsoll.evaluation.conformity.pages.one import ItemPage
from plimsoll.evaluation.conformity.pages.wall import DecidingPage, WallPage


def routes() -> list[URLPattern]:
    """The addresses of this room."""
    return [
        path("conformity/", WallPage.as_view(), name="conformity"),
        path("conformity/deciding/", DecidingPage.as_view(), name="conformity-deciding"),
        path("conformity/gaps/", GapsPage.as_view(), name="conformity-gaps"),
        path("conformity/compute/", ComputePage.as_view(), name="conformity-compute"),
        path("conformity/items/<str:key>/", ItemPage.as_view(), name="conformity-item"),
    ]
