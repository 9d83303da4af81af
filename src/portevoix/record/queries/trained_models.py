"""Queries of the trained models: their versions, the one in service, and the last night's run."""

from portevoix.record.models import ColdModel, Department, Model, Refit

_LARGE = ("content", "tried")


def serving(task: str) -> Model | None:
    """Return the version in service, None where nothing was trained yet."""
    return Model.objects.filter(task=task, active=True).first()


def newest(task: str) -> bytes:
    """Return the content of the latest version, in service or not; b"" where there is none."""
    row = Model.objects.filter(task=task).order_by("-version").values_list("content", flat=True).first()
    return bytes(row or b"")


def cold(key: str) -> bytes:
    """Return the cold-start model of that key; b"" where it was not trained yet."""
    return bytes(ColdModel.objects.filter(pk=key).values_list("content", flat=True).first() or b"")


def versions(task: str) -> list[Model]:
    """Return the versions without their contents, the latest first."""
    return list(Model.objects.filter(task=task).defer(*_LARGE).select_related("by").order_by("-version"))


def fits(row: Model) -> bool:
    """Return whether all labels that the model suggests still exist."""
    if row.task != "department":
        return True
    return set(row.labels) <= set(Department.objects.filter(active=True).values_list("slug", flat=True))


def last_run() -> Refit | None:
    """Return the latest run, finished or not."""
    return Refit.objects.order_by("-day").first()


def came_of(task: str, inputs: str) -> str:
    """Return what came of the task the last time, if it was learnt from these `inputs`; "" otherwise, or on failure."""
    for told in Refit.objects.order_by("-day").values_list("told", flat=True)[:2]:
        if outcome := told.get(task):
            return str(outcome["came"]) if outcome.get("inputs") == inputs else ""
    return ""
