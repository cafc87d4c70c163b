from importlib import import_module

from django.apps import AppConfig


class ObjectivesConfig(AppConfig):
    name = "plimsoll.planning.objectives"
    label = "objectives"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for name in ("record", "fields", "dues", "claims", "evidence"):
            import_module(f"plimsoll.planning.objectives.{name}")
