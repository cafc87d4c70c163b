from importlib import import_module

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "plimsoll.leadership.policies"
    label = "policies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.leadership.policies.parts")
        import_module("plimsoll.leadership.policies.evidence")
