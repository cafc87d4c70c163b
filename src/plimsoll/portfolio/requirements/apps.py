from importlib import import_module

from django.apps import AppConfig


class RequirementsConfig(AppConfig):
    name = "plimsoll.portfolio.requirements"
    label = "requirements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.portfolio.requirements.record")
        import_module("plimsoll.portfolio.requirements.fields")
        import_module("plimsoll.portfolio.requirements.claims")
        queries = import_module("plimsoll.portfolio.requirements.queries")
        import_module("plimsoll.portfolio.services.required").count_by(queries.agreed_of)
