"""The settings of the tests: the product's own, with what would cost time or leave the machine replaced."""

from plimsoll.site.settings import *  # noqa: F403 (the product's settings, all of them)
from plimsoll.site.settings import CONFIGURATION, DATABASES, STATIC_ROOT

DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads, a live server and other processes then meet as they do in a running system.
    DATABASES["default"]["TEST"] = {"NAME": str(CONFIGURATION.data_dir / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
