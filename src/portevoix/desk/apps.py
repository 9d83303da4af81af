from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "portevoix.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portevoix.desk.kept import KEEPERS  # noqa: PLC0415 -- models may be used only now
        from portevoix.record.keepers import register  # noqa: PLC0415

        for keeper in KEEPERS:
            register(keeper)
