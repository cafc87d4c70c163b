from django.apps import AppConfig


class MacrosConfig(AppConfig):
    name = "plimsoll.kernel.macros"
    label = "macros"
    default_auto_field = "django.db.models.BigAutoField"
