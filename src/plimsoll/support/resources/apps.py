from importlib import import_module

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "plimsoll.support.resources"
    label = "resources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.support.resources.record")
        import_module("plimsoll.support.resources.fields")
