from importlib import import_module

from django.apps import AppConfig


class LevelsConfig(AppConfig):
    name = "plimsoll.agreements.levels"
    label = "levels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.agreements.levels.record")
        import_module("plimsoll.agreements.levels.fields")
        import_module("plimsoll.agreements.levels.claims")
