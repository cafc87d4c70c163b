"""The API alone, mounted as the product mounts it."""

from django.urls import path

from plimsoll.kernel.api.main import build_api

urlpatterns = [path("api/v1/", build_api().urls)]
