from importlib import import_module

from django.apps import AppConfig


class ToolsConfig(AppConfig):
    name = "plimsoll.support.tools"
    label = "tools"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.support.tools.record")
        import_module("plimsoll.support.tools.fields")
        import_module("plimsoll.support.tools.claims")
