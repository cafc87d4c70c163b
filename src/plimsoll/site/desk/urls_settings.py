"""The addresses of the settings pages, of the demonstration's sign-in, and of the rooms' own pages."""

from django.urls import URLPattern, URLResolver, path

from plimsoll.site.desk import demo_signin
from plimsoll.support.knowledge import pages as knowledge

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/sign-in/", demo_signin.sign_in, name="demo_sign_in"),
    *knowledge.routes(),
]
