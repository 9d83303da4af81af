"""`/live`, on a process of its own, since each open page holds a connection."""

import os

from django.core.asgi import get_asgi_application

from portevoix.config import utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
application = utf8.asgi(get_asgi_application())
