from importlib import import_module

from django.apps import AppConfig


class CompetenceConfig(AppConfig):
    name = "plimsoll.support.competence"
    label = "competence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.support.competence.record")
        import_module("plimsoll.support.competence.fields")
