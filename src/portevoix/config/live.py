"""The settings of the process that serves `/live`: those of the pages, without anything that only pages need.

It stays small, whatever the pages load, and each open page costs it little.
"""

from portevoix.config.settings import *  # noqa: F403

ROOT_URLCONF = "portevoix.config.live_urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
