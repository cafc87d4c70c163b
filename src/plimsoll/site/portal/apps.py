from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "plimsoll.site.portal"
    label = "portal"
