from importlib import import_module

from django.apps import AppConfig


class MajorsConfig(AppConfig):
    name = "plimsoll.resolution.majors"
    label = "majors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.resolution.majors.record")
        import_module("plimsoll.resolution.majors.creators")
        import_module("plimsoll.resolution.majors.indicators")
        import_module("plimsoll.resolution.majors.claims")
        import_module("plimsoll.resolution.majors.evidence")
