"""Django's settings, made from the configuration. Nothing here is read from a file; see `configuration.py`."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from plimsoll.site import configuration

CONFIGURATION = configuration.read()
BASE = Path(__file__).resolve().parent.parent

SECRET_KEY = CONFIGURATION.secret_key
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = CONFIGURATION.hosts
DATABASES = {"default": CONFIGURATION.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PLIMSOLL_DATA_DIR = CONFIGURATION.data_dir
PLIMSOLL_TRAIL_KEYS = CONFIGURATION.trail_keys
PLIMSOLL_TRAIL_HEADS = CONFIGURATION.trail_heads
PLIMSOLL_FILES = CONFIGURATION.files
PLIMSOLL_ATTACHMENT_BYTES = CONFIGURATION.attachment_bytes
PLIMSOLL_URL = CONFIGURATION.url
PLIMSOLL_CONTENT = BASE.parent.parent / "content"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_filters",
    "csp",
    # kernel, from the ground up
    "plimsoll.kernel.identity",
    "plimsoll.kernel.tasks",
    "plimsoll.kernel.drafts",
    "plimsoll.kernel.access",
    "plimsoll.kernel.calendars",
    "plimsoll.kernel.register",
    "plimsoll.kernel.trail",
    "plimsoll.kernel.records",
    "plimsoll.kernel.roles",
    "plimsoll.kernel.targets",
    "plimsoll.kernel.approvals",
    "plimsoll.kernel.documents",
    "plimsoll.kernel.notifications",
    "plimsoll.kernel.search",
    "plimsoll.kernel.exchange",
    "plimsoll.kernel.presence",
    "plimsoll.kernel.views",
    "plimsoll.kernel.macros",
    "plimsoll.kernel.ui",
    "plimsoll.kernel.api",
    # rooms
    "plimsoll.support.knowledge",
    "plimsoll.support.documented_information",
    "plimsoll.support.intake",
    "plimsoll.context.issues",
    "plimsoll.context.interested_parties",
    "plimsoll.leadership.authorities",
    "plimsoll.context.scopes",
    "plimsoll.support.tools",
    "plimsoll.support.awareness",
    "plimsoll.support.competence",
    "plimsoll.support.communication",
    "plimsoll.support.resources",
    "plimsoll.context.obligations",
    "plimsoll.leadership.policies",
    "plimsoll.context.processes",
    "plimsoll.planning.risks",
    "plimsoll.planning.objectives",
    "plimsoll.portfolio.services",
    "plimsoll.portfolio.requirements",
    "plimsoll.agreements.relationships",
    "plimsoll.agreements.levels",
    "plimsoll.agreements.suppliers",
    "plimsoll.agreements.parties",
    "plimsoll.resolution.incidents",
    "plimsoll.resolution.majors",
    "plimsoll.resolution.requests",
    "plimsoll.evaluation.measurements",
    "plimsoll.evaluation.conformity",
    # top floor
    "plimsoll.site.portal",
    "plimsoll.site.desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "plimsoll.site.middleware.ReadableAddress",
    "plimsoll.site.desk.signin_gate.Gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "plimsoll.site.middleware.ZoneMiddleware",
    "plimsoll.site.portal.leading.LeadToPortal",
]

ROOT_URLCONF = "plimsoll.site.urls"
WSGI_APPLICATION = "plimsoll.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plimsoll.site.context.desk",
            ],
            # ui before the libraries, so that its templates win over allauth's and Django's of the same name
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        (
                            "django.template.loaders.filesystem.Loader",
                            [str(BASE / "site" / "desk" / "templates"), str(BASE / "kernel" / "ui" / "templates")],
                        ),
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "plimsoll.kernel.ui.forms.PlimsollFormRenderer"

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = [
    "plimsoll.kernel.records.backend.AccessBackend",
    "plimsoll.kernel.identity.backend.SignInBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "plimsoll.site.desk.signin.AccountAdapter"
MFA_ADAPTER = "plimsoll.site.desk.signin.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "setup": "10/5m/ip", "invitation": "20/m/ip"}
ACCOUNT_FORMS = {
    "login": "plimsoll.site.desk.signin_forms.SignInForm",
    "change_password": "plimsoll.site.desk.signin_forms.PasswordChange",
    "reset_password": "plimsoll.site.desk.signin_forms.PasswordLost",
    "reset_password_from_key": "plimsoll.site.desk.signin_forms.PasswordAnew",
}
MFA_FORMS = {
    "authenticate": "plimsoll.site.desk.signin_forms.CodeForm",
    "reauthenticate": "plimsoll.site.desk.signin_forms.CodeAgainForm",
    "activate_totp": "plimsoll.site.desk.signin_forms.AppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Plimsoll"
MFA_TOTP_TOLERANCE = 1  # a step of 30 s before or after: telephones drift

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": 10_000}}}
SESSION_ENGINE = "plimsoll.kernel.identity.sessions"
SESSION_COOKIE_AGE = 14 * 86_400
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.url.startswith("https:")
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.url]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.url.startswith("https:") else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = CONFIGURATION.attachment_bytes + 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = CONFIGURATION.data_dir / "static"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(CONFIGURATION.files)}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

if CONFIGURATION.mail["host"]:
    EMAIL_BACKEND = "plimsoll.site.mailing.SmtpBackend"
    EMAIL_HOST, EMAIL_PORT = CONFIGURATION.mail["host"], CONFIGURATION.mail["port"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIGURATION.mail["user"], CONFIGURATION.mail["password"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = CONFIGURATION.mail["tls"] == "starttls", CONFIGURATION.mail["tls"] == "tls"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "plimsoll.site.mailing.ConsoleBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIGURATION.mail["from"]

SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "WARNING"}},
}
