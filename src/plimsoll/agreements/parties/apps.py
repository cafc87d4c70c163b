from importlib import import_module

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "plimsoll.agreements.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.agreements.parties.record")
        import_module("plimsoll.agreements.parties.fields")
        import_module("plimsoll.agreements.parties.claims")
