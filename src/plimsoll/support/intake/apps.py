from importlib import import_module

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "plimsoll.support.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.support.intake.tasks")
