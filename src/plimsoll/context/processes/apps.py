from importlib import import_module

from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    name = "plimsoll.context.processes"
    label = "processes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.context.processes.record")
        import_module("plimsoll.context.processes.fields")
        import_module("plimsoll.context.processes.claims")
        import_module("plimsoll.context.processes.evidence")
