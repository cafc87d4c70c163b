from importlib import import_module

from django.apps import AppConfig


class InterestedPartiesConfig(AppConfig):
    name = "plimsoll.context.interested_parties"
    label = "interested_parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.context.interested_parties.record")
        import_module("plimsoll.context.interested_parties.fields")
        import_module("plimsoll.context.interested_parties.evidence")
