"""`/live`, served by a process of its own, since each open page holds a connection."""

import os

from django.core.asgi import get_asgi_application

from portevoix.config import logs, request_limits

os.environ["DJANGO_SETTINGS_MODULE"] = "portevoix.config.live"  # not those of the pages, which started this process
logs.set_up()
application = request_limits.asgi(get_asgi_application())
