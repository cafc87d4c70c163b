"""The application as a WSGI server calls it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from plimsoll.kernel.lib.translations import flatten

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plimsoll.site.settings")
application = get_wsgi_application()
for language, _name in settings.LANGUAGES:
    flatten(language)
