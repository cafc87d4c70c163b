"""Pages of competence: the matrix, a person's file and annex, the levels, and who takes part in a training."""

from django.urls import URLPattern, path

from plimsoll.support.competence.pages.files import AnnexPage, FilePage, MyFilePage
from plimsoll.support.competence.pages.matrix import MatrixPage, ScalePage
from plimsoll.support.competence.pages.participants import ParticipantsPage


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("competences/matrix/", MatrixPage.as_view(), name="competence_matrix"),
        path("competences/scale/", ScalePage.as_view(), name="competence_scale"),
        path("competences/mine/", MyFilePage.as_view(), name="competence_mine"),
        path("competences/people/<int:number>/", FilePage.as_view(), name="competence_file"),
        path("competences/people/<int:number>/annex/", AnnexPage.as_view(), name="competence_annex"),
        path("training/<int:number>/people/", ParticipantsPage.as_view(), name="training_people"),
    ]
