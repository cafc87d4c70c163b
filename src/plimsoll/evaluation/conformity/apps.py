from importlib import import_module

from django.apps import AppConfig


class ConformityConfig(AppConfig):
    name = "plimsoll.evaluation.conformity"
    label = "conformity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.evaluation.conformity.evidence")
        import_module("plimsoll.evaluation.conformity.fields")
