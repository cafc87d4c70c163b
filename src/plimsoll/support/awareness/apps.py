from importlib import import_module

from django.apps import AppConfig


class AwarenessConfig(AppConfig):
    name = "plimsoll.support.awareness"
    label = "awareness"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.support.awareness.record")
        import_module("plimsoll.support.awareness.fields")
        import_module("plimsoll.support.awareness.claims")
        import_module("plimsoll.support.awareness.tasks")
