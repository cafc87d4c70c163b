from importlib import import_module

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "plimsoll.context.obligations"
    label = "obligations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.context.obligations.record")
        import_module("plimsoll.context.obligations.fields")
        import_module("plimsoll.context.obligations.claims")
        import_module("plimsoll.context.obligations.evidence")
