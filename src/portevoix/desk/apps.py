from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "portevoix.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portevoix.desk.personal_data import KEEPERS, KINDS  # noqa: PLC0415 -- models may be used only now
        from portevoix.record import personal_data, retention  # noqa: PLC0415

        for keeper in KEEPERS:
            personal_data.register(keeper)
        for kind in KINDS:
            retention.register(kind)
