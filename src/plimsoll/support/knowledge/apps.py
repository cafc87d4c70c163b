from importlib import import_module

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "plimsoll.support.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.support.knowledge.record")
