from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "plimsoll.kernel.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
