"""Settings of the whole product: one file, driven by environment variables (table in README)."""

import json
import logging
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from workmate.schedule import SCHEDULE
from workmate.storages import file_storage

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("WORKMATE_VAR", BASE_DIR / "var"))
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))


def running_engines() -> dict[str, str]:
    """Addresses of the embedded engines, as `workmate.engines` left them; {} when none run."""
    try:
        return dict(json.loads((VAR_DIR / "run.json").read_text()))
    except (OSError, ValueError):
        return {}


def secret(name: str, default: str | None = None) -> str:
    """A secret from NAME or from the file that NAME_FILE names."""
    if path := env.str(f"{name}_FILE", default=""):
        return Path(path).read_text().strip()
    return str(env.str(name, default=default) if default is not None else env.str(name))


def development_key() -> str:
    """A random key for development, kept under var/ so that sessions survive a restart."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


_engines = {} if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ else running_engines()

# --- What runs ----------------------------------------------------------------------------------
ENVIRONMENT = env.str("ENVIRONMENT", default="development")
TESTING = ENVIRONMENT == "test"
DEBUG = env.bool("DEBUG", default=ENVIRONMENT == "development")
SECRET_KEY = secret("SECRET_KEY", default=development_key() if DEBUG or TESTING else None)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG or TESTING else []
)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
VERSION = "0.1.0"

# The ONE list from which INSTALLED_APPS, urls, API and sockets follow; lowest floor first.
MODULES = [
    "employees",
    "reminders",
    "dashboards",
    "system",
    "documents",
    "crm",
    "projects",
    "timetracking",
    "finance",
    "chat",
    "invoices",
]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "workmate",
    *MODULES,
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "auditlog",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workmate.middleware.compressed",
    "workmate.middleware.health",
    "workmate.middleware.utf8",
    "workmate.middleware.trust",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workmate.middleware.personal",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "workmate.middleware.history",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "workmate.urls"
ASGI_APPLICATION = "workmate.asgi.application"
WSGI_APPLICATION = None
APPEND_SLASH = True

_loaders = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Uncached in development, so that a changed template shows without a restart.
            "loaders": _loaders
            if DEBUG and not TESTING
            else [("django.template.loaders.cached.Loader", _loaders)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workmate.context_processors.shell",
            ],
            "builtins": ["django.templatetags.i18n", "workmate.templatetags.workmate"],
        },
    }
]
FORM_RENDERER = "workmate.renderers.ControlRenderer"
INSTALLED_APPS.append("django.forms")

# --- Data ---------------------------------------------------------------------------------------
DATABASE_URL = secret("DATABASE_URL", default=_engines.get("DATABASE_URL", "postgres:///workmate"))
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=60), CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = secret("REDIS_URL", default=_engines.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # The client gives up after 5 s by default, which would cut every quiet socket.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}
# Open pages of one person, each of which holds a socket or two.
SOCKETS_PER_PERSON = env.int("SOCKETS_PER_PERSON", default=50)
SESSION_ENGINE = "workmate.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = False

# --- Files --------------------------------------------------------------------------------------
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "guide" / "images")]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "workmate.staticfiles.NpmFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
# Single files only: whole packages would put tens of megabytes into the static folder.
INTER = "@fontsource-variable/inter/files/inter-{}-wght-normal.woff2"
GRIDSTACK = [f"gridstack{end}" for end in ("-all.js", "-all.js.map", ".css", ".css.map")]
NPM_FILES = {
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
    "vendor/htmx-ws.js": "htmx-ext-ws/ws.js",
    **{f"vendor/inter-{part}.woff2": INTER.format(part) for part in ("latin", "latin-ext")},
    "vendor/inter-latin-a.woff2": INTER.format("latin-ext"),
    **{f"vendor/{name}": f"gridstack/dist/{name}" for name in GRIDSTACK},
}
# The letters that a file is cut down to: of the 85 kB for all of Latin the names of our neighbours
# (Ayşe, Łukasz, Dvořák) take 15. The ranges in tokens.css are the same.
FONT_LETTERS = {"vendor/inter-latin-a.woff2": "U+0100-017F,U+0218-021B"}
STORAGES = {
    "default": file_storage(secret("STORAGE_URL", default="")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "workmate.staticfiles.HashedStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Each test client makes the middleware anew: it must not read all files then.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", default=60 * 1024 * 1024)
WEB_THREADS = env.int("WEB_THREADS", default=10)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "employees.Employee"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "employees.auth.PasswordBackend",
    "employees.auth.sso.SingleSignOnBackend",
]
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}PasswordHasher"
    for name in (["MD5"] if TESTING else ["PBKDF2", "Scrypt"])
]
# What the select of a filter says where nothing is chosen.
FILTERS_EMPTY_CHOICE_LABEL = _("All")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboards:home"
LOGOUT_REDIRECT_URL = "login"
DEMO_PASSWORD = secret("DEMO_PASSWORD", default="")
EMPLOYEE_CODE_PATTERN = env.str("EMPLOYEE_CODE_PATTERN", default="KIT-{n:04d}")
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=8)
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "employees.auth.account_of"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "employees.auth.locked_out"
AXES_VERBOSE = False
# Proxies of one's own before the app: only then is their header believed.
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0) or None
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ("HTTP_X_FORWARDED_FOR", "REMOTE_ADDR") if AXES_IPWARE_PROXY_COUNT else ("REMOTE_ADDR",)
)

# --- Single sign-on: off without an issuer ------------------------------------------------------
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))] if OIDC_ISSUER else []
OIDC_NAME = env.str("OIDC_NAME", default="")
OIDC_NEW_PEOPLE = env.bool("OIDC_NEW_PEOPLE", default=True)
OIDC_DEFAULT_ROLE = env.str("OIDC_DEFAULT_ROLE", default="Employee")
# The rest under the names by which mozilla-django-oidc asks for it.
OIDC_RP_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_RP_CLIENT_SECRET = secret("OIDC_CLIENT_SECRET", default="")
OIDC_RP_SCOPES = env.str("OIDC_SCOPES", default="openid email profile")
OIDC_TOKEN_USE_BASIC_AUTH = env.bool("OIDC_BASIC_AUTH", default=False)
OIDC_AUDIENCE = env.list("OIDC_AUDIENCE", default=[]) or [OIDC_RP_CLIENT_ID]
OIDC_USE_PKCE = OIDC_STORE_ID_TOKEN = True
OIDC_TIMEOUT = 10

# --- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Berlin")
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["workmate.formats"]

# --- Mail ---------------------------------------------------------------------------------------
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 15
# Without a mail server (development) messages land as files under var/mail.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="WorkmateOS <workmate@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- API ----------------------------------------------------------------------------------------
# Permission, pagination and schema stand on BaseViewSet: named here, they would import in a loop.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "employees.auth.TokenAuthentication",
        "employees.auth.BearerAuthentication",
        "employees.auth.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["workmate.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["workmate.parsers.OrjsonParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "EXCEPTION_HANDLER": "workmate.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "workmate.schema.Schema",
    "DEFAULT_THROTTLE_RATES": {"writes": env.str("API_WRITE_RATE", default="600/min")},
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "WorkmateOS API",
    "DESCRIPTION": (
        "The back office of a service company. Sign in with a personal API token: "
        "`Authorization: Bearer wm_…`. Lists answer `items`, `total`, `skip`, `limit`."
    ),
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api",
    "ENUM_NAME_OVERRIDES": {
        "EmployeeStatus": "employees.models.Employee.Status",
        "CustomerStatus": "crm.models.Customer.Status",
        "CustomerType": "crm.models.Customer.Type",
        "ProjectStatus": "projects.models.Project.Status",
        "TimeEntryStatus": "timetracking.models.TimeEntry.Status",
        "FileType": "documents.models.Document.Type",
        "DocumentType": "invoices.models.Invoice.DocumentType",
        "InvoiceStatus": "invoices.models.Invoice.Status",
        "InfraServiceStatus": "system.models.InfraService.Status",
        "InfraServiceType": "system.models.InfraService.Type",
        "TaxCategory": "system.models.TaxRate.Category",
        "ImportStatus": "system.models.Import.Status",
    },
    "SORT_OPERATIONS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# --- Watched services -----------------------------------------------------------------------------
# The first key encrypts what must not be read in the database, all of them decrypt it.
_keys = secret("ENCRYPTION_KEYS", default="").replace(" ", "").split(",")
ENCRYPTION_KEYS = [key for key in _keys if key] or [SECRET_KEY]
# Names, addresses and networks that are not public, and may be checked nevertheless.
PROBE_ALLOW = env.list("PROBE_ALLOW", default=[])
PROBE_CA_FILE = env.str("PROBE_CA_FILE", default="")
# Below these a disk may be checked, and that of the root: else who may add services could ask
# which folders there are.
PROBE_FOLDERS = env.list("PROBE_FOLDERS", default=[str(MEDIA_ROOT)])
METRICS_TOKEN = secret("METRICS_TOKEN", default="")

# --- Tasks --------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="workmate")
CELERY_TASK_ALWAYS_EAGER = TESTING
CELERY_TASK_EAGER_PROPAGATES = TESTING
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Safety -------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
BEHIND_TLS = env.bool("BEHIND_TLS", default=not (DEBUG or TESTING))
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF, *OIDC_ORIGINS],  # signing out leads on to the provider
        "frame-ancestors": [NONE],
    }
}

# --- Logs ---------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if DEBUG or TESTING else "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "workmate.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": []},  # Django's own would write each line a second time
        "django.request": {"level": "ERROR"},  # django_structlog writes one line a request
        "django_structlog": {"level": LOG_LEVEL},
        "celery": {"level": "INFO" if LOG_LEVEL == "DEBUG" else "WARNING"},  # two lines a task
        "uvicorn": {"level": "WARNING", "handlers": [], "propagate": True},
        "workmate": {"level": LOG_LEVEL},
        "axes": {"level": "WARNING"},
    },
}
# One line a request, when it is answered; LOG_LEVEL=DEBUG shows when it began, too.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
# Time entries of one person that share time: "warn" shows it, "refuse" forbids it.
TIME_OVERLAP = env.str("TIME_OVERLAP", default="warn")
# On invoices each time entry is rounded up to this many minutes.
BILLING_ROUNDING_MINUTES = env.int("BILLING_ROUNDING_MINUTES", default=1)

AUDITLOG_INCLUDE_ALL_MODELS = False
AUDITLOG_DISABLE_ON_RAW_SAVE = True
