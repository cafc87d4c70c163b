"""The API alone, mounted as the product mounts it."""

from django.urls import path

from plimsoll.kernel.api.main import build_api
from plimsoll.site.urls import urlpatterns as site_urls

api = build_api()
urlpatterns = [path("api/v1/", api.urls), *site_urls]
