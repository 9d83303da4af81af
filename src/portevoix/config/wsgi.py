"""The pages. A server that a city runs by itself points here."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
application = get_wsgi_application()
