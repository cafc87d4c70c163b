from importlib import import_module

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "plimsoll.kernel.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.kernel.documents.record")
        import_module("plimsoll.kernel.documents.fields")
        import_module("plimsoll.kernel.documents.claims")
        import_module("plimsoll.kernel.documents.content").declare_what_waits()
