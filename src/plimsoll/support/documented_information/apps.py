from django.apps import AppConfig


class DocumentedInformationConfig(AppConfig):
    name = "plimsoll.support.documented_information"
    label = "documented_information"
