"""The pages as a WSGI application, for a city that runs a server of its own."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from portevoix.config import figures, logs, request_limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
logs.set_up()
figures.reserve_room()
application = request_limits.wsgi(get_wsgi_application())
reverse("home")  # every page is loaded before the first is asked for
gc.collect()
gc.freeze()  # what is loaded stays as long as the process: no page waits for the collector to walk through it again
