from importlib import import_module

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "plimsoll.resolution.incidents"
    label = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.resolution.incidents.record")
        import_module("plimsoll.resolution.incidents.creators")
        import_module("plimsoll.resolution.incidents.indicators")
        import_module("plimsoll.resolution.incidents.claims")
        import_module("plimsoll.resolution.incidents.evidence")
        import_module("plimsoll.resolution.incidents.agreed_indicators")
        import_module("plimsoll.resolution.incidents.satisfaction")
