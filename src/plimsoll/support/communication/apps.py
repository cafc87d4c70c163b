from importlib import import_module

from django.apps import AppConfig


class CommunicationConfig(AppConfig):
    name = "plimsoll.support.communication"
    label = "communication"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.support.communication.record")
        import_module("plimsoll.support.communication.fields")
