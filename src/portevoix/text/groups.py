"""Groups of look-alikes: which of the messages of some days are about the same thing."""

from collections.abc import Sequence
from datetime import datetime

from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from portevoix.text.similar import Index, Vectors, holding, stressed, walked

MOST_GROUPED = 2_000
_TOGETHER = 0.12
"""Nearer than that on average, messages are one group."""


def groups(
    ids: Sequence[str],
    texts: Sequence[str],
    *,
    at: Sequence[datetime | None] | None = None,
    vectors: Vectors | None = None,
    past: Index | None = None,
    least: int = 2,
) -> list[tuple[str, ...]]:
    """Which of the messages of some days are about the same thing: groups of at least so many ids, the largest first.

    Average linkage of how near any two are. `past`: an index that holds these messages and those before, by which what
    is said more often these days is told. Of more than MOST_GROUPED messages the last are taken. Raises ValueError when
    ids, texts, times and vectors differ in number.
    """
    index = Index()
    part = slice(max(0, len(texts) - MOST_GROUPED), None)
    index.add(ids[part], texts[part], at=at[part] if at else None, vectors=None if vectors is None else vectors[part])
    if len(index) < 2:
        return [tuple(ids)] if len(index) >= least else []
    rows, centred, days = index.rows()
    rows = stressed(rows, holding(rows), len(index), (past or index).common())
    near = walked(rows, centred if centred.shape[1] else None, days)
    tree = linkage(squareform(1 - near, checks=False), "average")
    found: dict[int, list[str]] = {}
    for each, group in zip(ids[part], fcluster(tree, 1 - _TOGETHER, "distance"), strict=True):
        found.setdefault(int(group), []).append(each)
    return sorted((tuple(group) for group in found.values() if len(group) >= least), key=len, reverse=True)
