"""Django's settings. Those that come from the environment are listed in `portevoix.config.env`."""

import os
from pathlib import Path

from django.contrib.messages.constants import ERROR, SUCCESS, WARNING
from django.utils.csp import CSP

from portevoix.channels import internal_hosts
from portevoix.config import env
from portevoix.kernel.i18n import gettext_noop

env.check_names()
os.umask(env.PRIVATE)
PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.home()
DEBUG = False
SECRET_KEY = env.secret_key()
ALLOWED_HOSTS = sorted(env.site_hosts())

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_altcha_widget",
    "portevoix.record",
    "portevoix.web",
    "portevoix.desk",
    "portevoix.journal",
    "portevoix.public",
    "portevoix.barometer",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portevoix.web.middleware.SentenceMiddleware",
    "portevoix.web.middleware.MonitoredMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portevoix.web.middleware.ValuesMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portevoix.web.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portevoix.web.middleware.ErrorsMiddleware",
]
ROOT_URLCONF = "portevoix.config.urls"
WSGI_APPLICATION = "portevoix.config.wsgi.application"
ASGI_APPLICATION = "portevoix.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portevoix.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portevoix.web.templatetags.cached_tags",
                "portevoix.web.templatetags.shell",
            ],
        },
    }
]

DATABASES = {"default": env.database()}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: what has been said to be kept or sent is on the disk, also when the power fails.
        # secure_delete: what is erased is written over.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; "
        "PRAGMA secure_delete=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "record.Contact"
PASSWORD_HASHERS = [  # the first makes new ones; who signs in by another one's hash is given the first's
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
] + [{"NAME": "portevoix.record.passwords.GuessValidator"}]
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["portevoix.web.auth_backends.Backend"]
SESSION_ENGINE = "portevoix.web.session_store"
SESSION_COOKIE_NAME, DEVICE_COOKIE_NAME = "portevoix", "portevoix-device"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True  # the page itself holds the proof for htmx
CSRF_FAILURE_VIEW = "portevoix.web.views.error_pages.csrf_failure"

HTTPS, TRUST_PROXY = env.is_yes("PORTEVOIX_HTTPS"), env.is_yes("PORTEVOIX_PROXY")
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # to be preloaded is for the owner of the whole domain to ask
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    # Browsers take a cookie of such a name over HTTPS only, and from this very host.
    SESSION_COOKIE_NAME, DEVICE_COOKIE_NAME = "__Host-portevoix", "__Host-portevoix-device"
    CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-csrf", "__Host-language"
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Only a trusted proxy says which requests came over HTTPS; without one, every request would be sent there.
    SECURE_SSL_REDIRECT = TRUST_PROXY
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked from inside, past the proxy
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SITE_ADDRESS = env.address()
# The live process answers at LIVE_URL, or on LIVE_PORT of the host that the pages are on; they add it to the policy.
LIVE_URL = env.live_url()
LIVE_PORT = env.live_port()
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
EMBEDDINGS, EMBEDDINGS_MODEL, EMBEDDINGS_KEY = env.embeddings()
REWORDING, REWORDING_MODEL, REWORDING_KEY = env.rewording()
internal_hosts.internal.update(env.hosts("PORTEVOIX_INTERNAL_HOSTS"))
METRICS_TOKEN = env.get("PORTEVOIX_METRICS_TOKEN")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["portevoix.web.uploads.InMemory"]  # few pages take files; none is written to a disk

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # the files are served from where they are: nothing is to be collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# What the header offers: the page's name, its words, the capability it asks for, its icon.
NAVIGATION = (
    ("desk:inbox", gettext_noop("Inbox"), "read", "inbox"),
    ("desk:inquiries", gettext_noop("Questions"), "inform", "inquiry"),
    ("desk:aside", gettext_noop("Set aside"), "admit", "aside"),
    ("journal:home", gettext_noop("Journal"), "journal", "journal"),
    ("barometer:home", gettext_noop("Barometer"), "journal", "barometer"),
    ("web-settings:index", gettext_noop("Settings"), "settings", "settings"),
)
SEARCH = "desk:inbox"
MESSAGE_TAGS = {SUCCESS: "good", WARNING: "warn", ERROR: "bad"}  # the kinds of notice in the style sheet

ALTCHA_HMAC_KEY = SECRET_KEY
ALTCHA_TRANSLATIONS = "all"
LOGGING_CONFIG = None  # see config.logs
