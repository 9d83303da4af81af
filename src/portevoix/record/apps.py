from django.apps import AppConfig

from portevoix.record.db import lookups  # noqa: F401 -- registered before any query is made


class RecordConfig(AppConfig):
    name = "portevoix.record"
    label = "record"
    default_auto_field = "django.db.models.BigAutoField"
