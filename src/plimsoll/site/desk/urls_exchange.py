"""Addresses of import."""

from django.urls import URLPattern, path

from plimsoll.site.desk.exchange import ImportPage, ImportRunPage

urlpatterns: list[URLPattern] = [
    path("import/", ImportPage.as_view(), name="import"),
    path("import/<int:run>/", ImportRunPage.as_view(), name="import_run"),
]
