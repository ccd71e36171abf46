"""The settings: one file, read from the environment once.

The variables are listed in ``docs/configuration.md``. Whatever is missing stops the start with a
sentence that says how to set it.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pghistory
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

from cryoclinic import embedded, logs
from cryoclinic.connections import connection_options
from cryoclinic.periodic import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)


def given(name: str) -> bool:
    """Whether the variable says anything; set and empty is how some tools write “unset”."""
    return bool(env.str(name, ""))


# What the environment says
SERVER_VARIABLES = {
    "SECRET_KEY": "50 random characters or more, e.g. from: "
    "python -c 'import secrets; print(secrets.token_urlsafe(50))'",
    "ALLOWED_HOSTS": "the names the site is reached by, e.g. clinic.example.org",
    "SITE_URL": "the address in e-mails, e.g. https://clinic.example.org",
    "DATABASE_URL": "e.g. postgres://user:password@localhost:5432/cryoclinic",
    "REDIS_URL": "e.g. redis://localhost:6379/0",
    "EMAIL_URL": "e.g. submission://user:password@smtp.example.org:587",
}

try:
    # Only where nothing at all is configured is it a debug site: a server that forgot a variable
    # must refuse to start, not show its settings to the world.
    DEBUG = env.bool("DEBUG") if given("DEBUG") else not any(map(given, SERVER_VARIABLES))
    PORT = env.int("PORT") if given("PORT") else 8000
    SECRET_KEY = env.str("SECRET_KEY", "")
    ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])  # with DEBUG, none means localhost
    SITE_URL = env.str("SITE_URL", "").rstrip("/") or f"http://127.0.0.1:{PORT}"
    REDIS_URL = env.str("REDIS_URL", "")
    # What our keys in Redis begin with, for a server shared with others.
    REDIS_PREFIX = env.str("REDIS_PREFIX", "cryoclinic")
    EMBEDDED_DATABASE = not given("DATABASE_URL")
    database = env.dj_db_url("DATABASE_URL") if given("DATABASE_URL") else {}
    email = env.dj_email_url("EMAIL_URL") if given("EMAIL_URL") else {}
    # Servers keep requests and tasks short; manage.py sets 0 (no limit) for its commands.
    STATEMENT_TIMEOUT_SECONDS = env.int("STATEMENT_TIMEOUT_SECONDS", 30)
    # What the mail server takes from us, counted over all workers; 0 for no limit.
    MAILS_PER_MINUTE = env.int("MAILS_PER_MINUTE", 0)
    # How many proxies of ours append to X-Forwarded-For (for the sign-in's rate limits).
    PROXY_COUNT = env.int("PROXY_COUNT", 0 if DEBUG else 1)
except EnvError as error:
    raise ImproperlyConfigured(f"The environment can't be read: {error}") from error

if not DEBUG:
    missing = [f"{name} ({how})" for name, how in SERVER_VARIABLES.items() if not given(name)]
    if missing:
        raise ImproperlyConfigured(
            f"Set {'; '.join(missing)}. Or set DEBUG=1 to develop on this machine."
        )
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured(f"SECRET_KEY is too short: {SERVER_VARIABLES['SECRET_KEY']}.")
    if urlsplit(SITE_URL).scheme != "https":
        raise ImproperlyConfigured(
            f"SITE_URL must begin with https:// (it is “{SITE_URL}”), or sign-in cookies and "
            "health data would cross the network in the clear."
        )

if not EMBEDDED_DATABASE and database["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured(
        "DATABASE_URL must begin with postgres://: double booking is prevented by constraints "
        "that only PostgreSQL has."
    )

SECRET_KEY = SECRET_KEY or "development-only-" + "not-secret-" * 5

# Applications
INSTALLED_APPS = [
    "cryoclinic",
    "procedures",
    "clients",
    "scheduling",
    "cryoclinic.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "phonenumber_field",
]

MIDDLEWARE = [
    "cryoclinic.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cryoclinic.middleware.DatabaseAwayMiddleware",
]

ROOT_URLCONF = "cryoclinic.urls"
WSGI_APPLICATION = "cryoclinic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cryoclinic.context.demo",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# PostgreSQL
if EMBEDDED_DATABASE:
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": embedded.DATABASE,
        "USER": embedded.OWNER,
        # Without the wheel the address stays empty; whoever needs the server gets its error.
        "HOST": embedded.DEVELOPMENT.address(),
    }
options = connection_options(
    database.get("OPTIONS", {}), statement_seconds=STATEMENT_TIMEOUT_SECONDS
)
if "host" in options:  # a socket's folder, in the form libpq's URLs have it
    database["HOST"] = options.pop("host")
database |= {"OPTIONS": options, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASES = {"default": database}

# An event holds its context itself, so that one append-only row tells the whole story.
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
# Events are looked up by the row that they are about, never by what that row points at; and every
# index of theirs would be written with every write.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

# Counters of sign-ins and wrong links. In the database: they hold while Redis is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
        "TIMEOUT": 3600,  # from the last count on; no limit is about a longer time
    }
}

# Worker
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "global_keyprefix": f"{REDIS_PREFIX}:",
        "visibility_timeout": 300,
        "socket_connect_timeout": 2,
        # Of a server that is there and says nothing: the worker notices within a quarter of a
        # minute, before the second scan.
        "socket_timeout": 10,
        "health_check_interval": 5,
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT = "cryoclinic.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(VAR / "broker")}
    # Answers to “celery inspect” would pile up as files.
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False

# A task is an id and a service call: nothing is kept in the broker, nothing is read back from it.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Processes of a worker, where it is not told otherwise: a backlog of mails is sent by all of them.
# One more than there are cores, as each waits for the mail server part of its time.
CELERY_WORKER_CONCURRENCY = min((os.cpu_count() or 1) + 1, 4)
# Well below the visibility timeout, or Redis would hand a running task to a second worker.
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TIMEZONE = "UTC"
# However long the broker is away, worker and beat wait for it (see also cryoclinic/celery.py), and
# what is being done meanwhile is finished: cut off, a mail would wait for its lease to run out.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Also one that answers and refuses: full, or a replica for a moment in a failover.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# With one task in hand there is nothing to reduce, and nothing that could stay reduced.
CELERY_WORKER_ENABLE_PREFETCH_COUNT_REDUCTION = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "cryoclinic.beat:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# People: accounts, sessions, language
AUTH_USER_MODEL = "cryoclinic.User"
AUTHENTICATION_BACKENDS = ["cryoclinic.accounts.StaffBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cryoclinic.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "CryoClinic"

SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"
PHONENUMBER_DEFAULT_REGION = "RU"

# E-mail
EMAIL_BACKEND = email.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = email.get("EMAIL_FILE_PATH") or str(VAR / "mail")
EMAIL_HOST = email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = email.get("EMAIL_TIMEOUT") or 20
DEFAULT_FROM_EMAIL = email.get(
    "DEFAULT_FROM_EMAIL", f"CryoClinic <noreply@{urlsplit(SITE_URL).hostname}>"
)
SERVER_EMAIL = email.get("SERVER_EMAIL", DEFAULT_FROM_EMAIL)

# What /readyz tells besides, by name: functions of no argument that answer "ok" or what is wrong.
# None of them turns it red: another web server would not help.
READYZ_NOTICES = {"outbox": "scheduling.selectors.outbox_state.notice"}

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "static",
    *(
        (f"vendor/{name}", NODE_MODULES / folder)
        for name, folder in {"bootstrap": "bootstrap/dist", "htmx": "htmx.org/dist"}.items()
        if (NODE_MODULES / folder).is_dir()
    ),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "cryoclinic.static_files."
        + ("PlainStaticFiles" if DEBUG else "HashedStaticFiles")
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # A supervisor asks these from inside, without the proxy.
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

LOGGING = logs.config(private=not DEBUG)
