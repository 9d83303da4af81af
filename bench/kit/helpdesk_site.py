"""A site with django-helpdesk alone, as its documentation sets it up; runs in that package's own environment."""

import os
from urllib.parse import urlsplit

import django
from django.conf import settings

_url = urlsplit(os.environ["BENCH_DATABASE_URL"])
_CONTRIB = ("auth", "contenttypes", "sessions", "sites", "admin", "messages", "staticfiles", "humanize")
_CONTEXT = ("template.context_processors.request", "contrib.auth.context_processors.auth")
settings.configure(
    SECRET_KEY="a benchmark keeps no secrets",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SITE_ID=1,
    USE_TZ=True,
    STATIC_URL="/static/",
    MEDIA_ROOT=os.environ["BENCH_MEDIA"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",  # its replies to senders are written, and go nowhere
    HELPDESK_TEAMS_MODE_ENABLED=False,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _url.path[1:],
            "USER": _url.username,
            "HOST": _url.hostname,
            "PORT": _url.port,
            "CONN_MAX_AGE": 600,
        }
    },
    INSTALLED_APPS=[*(f"django.contrib.{name}" for name in _CONTRIB), "rest_framework", "helpdesk"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    *(f"django.{name}" for name in _CONTEXT),
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib import admin  # noqa: E402 -- the settings come first
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls), path("helpdesk/", include("helpdesk.urls"))]
application = get_wsgi_application()
