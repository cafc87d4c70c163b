from importlib import import_module

from django.apps import AppConfig


class AuthoritiesConfig(AppConfig):
    name = "plimsoll.leadership.authorities"
    label = "authorities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.leadership.authorities.record")
        import_module("plimsoll.leadership.authorities.fields")
        import_module("plimsoll.leadership.authorities.claims")
        import_module("plimsoll.leadership.authorities.evidence")
