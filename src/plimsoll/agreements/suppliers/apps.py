from importlib import import_module

from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    name = "plimsoll.agreements.suppliers"
    label = "suppliers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.agreements.suppliers.record")
        import_module("plimsoll.agreements.suppliers.fields")
