"""The pages. A server that a city runs by itself points here."""

import os

from django.core.wsgi import get_wsgi_application

from portevoix.config import gate, logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
logs.set_up()
application = gate.wsgi(get_wsgi_application())
