from importlib import import_module

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "plimsoll.resolution.requests"
    label = "requests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.resolution.requests.record")
        import_module("plimsoll.resolution.requests.indicators")
        import_module("plimsoll.resolution.requests.satisfaction")
        import_module("plimsoll.resolution.requests.values")
        import_module("plimsoll.resolution.requests.evidence")
