from importlib import import_module

from django.apps import AppConfig


class ScopesConfig(AppConfig):
    name = "plimsoll.context.scopes"
    label = "scopes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.context.scopes.record")
        import_module("plimsoll.context.scopes.fields")
        import_module("plimsoll.context.scopes.evidence")
        import_module("plimsoll.context.scopes.dues")
