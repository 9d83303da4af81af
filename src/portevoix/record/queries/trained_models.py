"""The versions of what was learnt, which of them serves, and what came of the last night."""

from portevoix.record.models import ColdModel, Department, Model, Refit

_LARGE = ("content", "tried")


def serving(task: str) -> Model | None:
    """The version in service, None where nothing was learnt yet."""
    return Model.objects.filter(task=task, active=True).first()


def newest(task: str) -> bytes:
    """What the latest version holds, be it in service or not; b"" where there is none."""
    row = Model.objects.filter(task=task).order_by("-version").values_list("content", flat=True).first()
    return bytes(row or b"")


def cold(key: str) -> bytes:
    """What was learnt from the departments' words, by its name; b"" where it was not yet."""
    return bytes(ColdModel.objects.filter(pk=key).values_list("content", flat=True).first() or b"")


def versions(task: str) -> list[Model]:
    """Without what they hold, the latest first."""
    return list(Model.objects.filter(task=task).defer(*_LARGE).select_related("by").order_by("-version"))


def fits(row: Model) -> bool:
    """Whether all that it suggests is still there to be suggested."""
    if row.task != "department":
        return True
    return set(row.labels) <= set(Department.objects.filter(active=True).values_list("slug", flat=True))


def last_run() -> Refit | None:
    """The latest night, be it over or not."""
    return Refit.objects.order_by("-day").first()


def came_of(task: str, inputs: str) -> str:
    """Return what came of the task the last time, if it was learnt from these `inputs`; "" otherwise, or on failure."""
    for told in Refit.objects.order_by("-day").values_list("told", flat=True)[:2]:
        if outcome := told.get(task):
            return str(outcome["came"]) if outcome.get("inputs") == inputs else ""
    return ""
