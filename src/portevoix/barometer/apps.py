from django.apps import AppConfig


class BarometerConfig(AppConfig):
    name = "portevoix.barometer"
    label = "barometer"
    default_auto_field = "django.db.models.BigAutoField"
