"""The pages. A server that a city runs by itself points here."""

import os

from django.core.wsgi import get_wsgi_application

from portevoix.config import utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
application = utf8.wsgi(get_wsgi_application())
