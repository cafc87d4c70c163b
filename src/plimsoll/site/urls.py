"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

from plimsoll.kernel.ui.routes import routes
from plimsoll.site.desk import health, setup

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("setup/", setup.setup, name="setup"),
    path("accounts/", include("allauth.urls")),
    *routes(),
]
