from importlib import import_module

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "plimsoll.context.issues"
    label = "issues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.context.issues.record")
        import_module("plimsoll.context.issues.fields")
        import_module("plimsoll.context.issues.evidence")
