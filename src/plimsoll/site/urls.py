"""Every address of the house."""

from django.urls import URLPattern, URLResolver, path

from plimsoll.kernel.ui.routes import routes
from plimsoll.site.desk import health, urls_people, urls_settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    *urls_people.urlpatterns,
    *urls_settings.urlpatterns,
    *routes(),
]
