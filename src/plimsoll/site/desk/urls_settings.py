"""The addresses of the settings pages, and of the demonstration's sign-in."""

from django.urls import URLPattern, URLResolver, path

from plimsoll.site.desk import demo_signin

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/sign-in/", demo_signin.sign_in, name="demo_sign_in"),
]
