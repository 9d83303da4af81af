"""The three rankings of 2013: by audience, by quality of service, and by both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.ranks import ranks
from portevoix.measures.score import Floats

QUANTITATIVE, QUALITATIVE, GENERAL = "quantitative", "qualitative", "general"
THREE = (QUANTITATIVE, QUALITATIVE, GENERAL)

NO_AUDIENCE = gettext_noop("No city has both followers in audience.csv and a population in cities.csv.")
NO_SCORE = gettext_noop("No city has enough messages for a score.")
NOT_BOTH = gettext_noop("No city stands in both of the other rankings.")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Cities in order; equal ones share a rank. `scores` are points (more is better) or mean ranks (less is better)."""

    codes: tuple[str, ...] = ()
    ranks: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    missing: str = field(default="", kw_only=True)

    def of(self, code: str) -> int | None:
        """Return a city's rank; None if the ranking does not have it."""
        return self.ranks[self.codes.index(code)] if code in self.codes else None

    def as_json(self) -> list[dict[str, object]] | None:
        """Return the rows, or None when there is no ranking; `missing` then says why."""
        if self.missing:
            return None
        rows = zip(self.codes, self.ranks, self.scores, strict=True)
        return [{"code": code, "rank": rank, "score": round(score, 4)} for code, rank, score in rows]


def quantitative(followers: Mapping[str, float], reach: Mapping[str, float]) -> Ranking:
    """Rank by the mean of two ranks: of followers, and of followers per inhabitant."""
    both = sorted(followers.keys() & reach.keys())
    if not both:
        return Ranking(missing=NO_AUDIENCE)
    return _by_mean_rank(both, [followers[code] for code in both], [reach[code] for code in both])


def qualitative(scores: Mapping[str, float]) -> Ranking:
    """Rank by score."""
    if not scores:
        return Ranking(missing=NO_SCORE)
    codes = sorted(scores)
    return _rank_by_score(codes, np.array([scores[code] for code in codes]), better=1)


def general(audience: Ranking, quality: Ranking) -> Ranking:
    """Rank by the mean of both ranks, each among the cities that are in both."""
    both = sorted(set(audience.codes) & set(quality.codes))
    if not both:
        return Ranking(missing=audience.missing or quality.missing or NOT_BOTH)
    return _by_mean_rank(both, *([-(ranking.of(code) or 0) for code in both] for ranking in (quality, audience)))


def _by_mean_rank(codes: Sequence[str], *values: Sequence[float]) -> Ranking:
    return _rank_by_score(codes, np.mean([ranks(each) for each in values], axis=0), better=-1)


def _rank_by_score(codes: Sequence[str], scores: Floats, *, better: int) -> Ranking:
    """Rank by score. `better`: 1 where more is better, −1 where less is."""
    code_ranks = ranks(better * scores)
    order = sorted(range(len(codes)), key=lambda place: (code_ranks[place], codes[place]))
    return Ranking(
        tuple(codes[place] for place in order),
        tuple(int(code_ranks[place]) for place in order),
        tuple(float(scores[place]) for place in order),
    )
