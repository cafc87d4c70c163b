from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "plimsoll.portfolio.services"
    label = "services"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.portfolio.services.record")
        import_module("plimsoll.portfolio.services.fields")
