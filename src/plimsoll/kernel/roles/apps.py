from importlib import import_module

from django.apps import AppConfig


class RolesConfig(AppConfig):
    name = "plimsoll.kernel.roles"
    label = "roles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.kernel.roles.record")
        import_module("plimsoll.kernel.roles.fields")
        import_module("plimsoll.kernel.roles.wording")
