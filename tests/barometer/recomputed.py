"""Every figure of a study reckoned again from its open data, with pandas and NumPy alone: nothing of the program.

Of `results.json` only the rules are read. Of `cities.csv` and `indicators.csv` only what was observed: who the cities
are, values and how many they rest on; what was made of them is reckoned.
"""

import json
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from tests.barometer.printed import amount, hours

Z = NormalDist().inv_cdf(0.975)
RULES = ("weights", "pillars", "goalposts", "minimum", "shrinkage", "indicators")
SECONDS = {"1h": 3600, "8h": 28_800, "24h": 86_400, "72h": 259_200}
TWO_WEEKS = 14 * 86_400
FLOOR = 1.0


class Figures:
    """Of the folder `data` of a site. Tables are indexed by the city's code."""

    def __init__(self, folder: Path) -> None:
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        self.rules = {name: results[name] for name in RULES}
        text = {"code": str, "city": str}
        cities = pd.read_csv(folder / "cities.csv", dtype=text, encoding="utf-8-sig").set_index("code")
        self.cities = cities[["name", "population"]]
        observed = pd.read_csv(folder / "indicators.csv", dtype=text, encoding="utf-8-sig")
        self.observed = observed.set_index(["city", "indicator"])[["value", "n"]]
        self.accounts = pd.read_csv(folder / "accounts.csv", dtype=text, encoding="utf-8-sig")
        self.waits, self.replicates, self.coded, self.tried = (
            pd.read_csv(folder / f"{name}.csv.gz", dtype=text, encoding="utf-8-sig").drop(columns="simulated")
            for name in ("waits", "replicates", "coded", "weights")
        )
        self.pillars = [name for name in results["weights"]]
        self.weights = pd.Series(results["weights"])
        self.measured = self._measured()
        self.scores = self._scores()
        self._rank()
        self.medians = self._medians()

    # --- indicators

    def _measured(self) -> pd.DataFrame:
        """`value`, `n`, `low`, `high`, `enough` by city and indicator."""
        rows = []
        for (city, code), (value, n) in self.observed.iterrows():
            if code.startswith("reactivity."):
                value, low, high = self._waited(city, code)
            elif math.isnan(value):
                low = high = math.nan
            elif code in self.coded:
                drawn = self.coded.loc[self.coded.city == city, code]
                low, high = min(drawn.quantile(0.025), value), max(drawn.quantile(0.975), value)
            elif self.unit(code) == "share" and not code.startswith(("presence.", "audience.followers")):
                assert abs(value * n - round(value * n)) < 0.01, (city, code, "a share is a whole number of n")
                low, high = wilson(round(value * n), n)
            else:
                low = high = math.nan
            enough = not math.isnan(value) and n >= self.least(code)
            rows.append((city, code, value, n, low, high, enough))
        columns = ["city", "indicator", "value", "n", "low", "high", "enough"]
        return pd.DataFrame(rows, columns=columns).set_index(["city", "indicator"])

    def unit(self, code: str) -> str:
        return self.rules["indicators"][code]["unit"]

    def least(self, code: str) -> int:
        pillar = self.counts_in(code)
        return self.rules["minimum"][pillar] if pillar else self.rules["indicators"][code]["minimum"]

    def counts_in(self, code: str) -> str:
        """The pillar of the score in which an indicator counts; "" for none."""
        return next((name for name, members in self.rules["pillars"].items() if code in members), "")

    def weight(self, code: str) -> float:
        """Of an indicator in the whole score; 0 where it does not count."""
        pillar = self.counts_in(code)
        return self.weights.get(pillar, 0.0) * self.rules["pillars"][pillar][code] if pillar else 0.0

    def _waited(self, city: str, code: str) -> tuple[float, float, float]:
        own = self.waits[self.waits.city == city]
        clocks = {name: own[own.clock == name] for name in ("elapsed", "service")}
        if own.empty:
            return math.nan, math.nan, math.nan
        what, _, clock = code.removeprefix("reactivity.").partition(".")
        if what == "answered":
            ends = (replied(clocks["elapsed"], TWO_WEEKS), replied(clocks["service"], SECONDS["72h"]))
            return max(ends, key=lambda end: end[0])
        if what == "restricted_mean":
            return mean_wait(clocks["elapsed"], SECONDS["72h"])
        return replied(clocks[clock or "elapsed"], SECONDS[what.removeprefix("f")])

    # --- scores

    def points(self, code: str, value: float) -> float:
        low, high = self.rules["goalposts"][code]
        return min(max(100 * (value - low) / (high - low), 0), 100)

    def _scores(self) -> pd.DataFrame:
        """Each pillar and the score, with `_low` and `_high`."""
        strength, prior = self.rules["shrinkage"]["strength"], self.rules["shrinkage"]["prior"]
        rows = {}
        for city in self.cities.index:
            row = {}
            for pillar in self.pillars:
                known = {c: w for c, w in self.rules["pillars"][pillar].items() if self.measured.enough[city, c]}
                if known:
                    cells = {code: self.measured.loc[(city, code)] for code in known}
                    shrunk = {c: (m.n * self.points(c, m.value) + strength * prior) / (m.n + strength)
                              for c, m in cells.items()}  # fmt: skip
                    row[pillar] = sum(known[c] * shrunk[c] for c in known) / sum(known.values())
            if row:
                row["score"] = round(float(self.mean(pd.DataFrame([row]))[0]), 4)
                drawn = self.replicates[self.replicates.city == city]
                for name in (*self.pillars, "score"):
                    if name in row:
                        replicates = self.mean(drawn) if name == "score" else drawn[name].to_numpy()
                        margin = np.quantile(np.abs(replicates - row[name]), 0.95)
                        row |= {f"{name}_low": max(row[name] - margin, 0), f"{name}_high": min(row[name] + margin, 100)}
            rows[city] = row
        ends = [f"{name}{end}" for name in ("score", *self.pillars) for end in ("", "_low", "_high")]
        return pd.DataFrame.from_dict(rows, orient="index").reindex(index=self.cities.index, columns=ends)

    def mean(self, pillars: pd.DataFrame) -> np.ndarray:
        """The score of each row of pillars."""
        given = pillars.reindex(columns=self.pillars)
        logs, known = np.log(given.clip(lower=FLOOR)), given.notna()
        return np.exp((logs * self.weights).sum(axis=1) / (known * self.weights).sum(axis=1)).to_numpy()

    # --- ranks

    def _rank(self) -> None:
        missing = self.scores[self.pillars].isna()
        lacking = (missing * self.weights).sum(axis=1)
        owned = set(self.accounts[self.accounts.scope == "city"].city)
        can = [code for code in self.scores.index if code in owned and self.scores.score.notna()[code]]
        ranked = [code for code in can if lacking[code] <= 0.5]
        score = self.scores.score[ranked]
        drawn = self.replicates.assign(score=self.mean(self.replicates))
        drawn["draw"] = drawn.groupby("city").cumcount()
        draws = drawn.pivot(index="draw", columns="city", values="score")[ranked]
        worse = told_apart(score, np.arcsin(np.sqrt(draws / 100)))
        self.worse = worse  # worse[i, j]: the first is told to be worse than the second
        self.ranked = ranked
        self.rank = (1 + score.apply(lambda own: (score > own).sum())).astype(int)
        self.rank_low = 1 + worse.sum(axis=1)
        self.rank_high = len(ranked) - worse.sum(axis=0)
        self.tier = tiers(score, worse)
        fifth = np.sort(draws.to_numpy(), axis=1)[:, -min(5, len(ranked))]
        self.first_five = draws.ge(fifth, axis=0).mean()
        self._other_weights(ranked)
        self.order = sorted(ranked, key=lambda code: (self.tier[code], self.rank[code]))

    def _other_weights(self, ranked: list[str]) -> None:
        pillars = self.scores.loc[ranked, self.pillars].round(4)
        logs, known = np.log(pillars.clip(lower=FLOOR)).fillna(0), pillars.notna().astype(float)
        weights = self.tried[self.pillars].to_numpy()
        others = pd.DataFrame((weights @ logs.T.to_numpy()) / (weights @ known.T.to_numpy()), columns=ranked)
        places = (-others).rank(axis=1, method="min").astype(int)
        self.weights_low = places.quantile(0.05, interpolation="higher").astype(int)
        self.weights_high = places.quantile(0.95, interpolation="higher").astype(int)
        self.stays = (places[self.rank.index[self.rank == 1]] == 1).any(axis=1).mean()
        self.tried_low, self.tried_high = self.tried[self.pillars].min(), self.tried[self.pillars].max()

    def alike(self, code: str) -> list[str]:
        """Who cannot be told apart from a city, in the order of the ranking."""
        others = [other for other in self.order if other != code]
        return [other for other in others if not self.worse.loc[code, other] and not self.worse.loc[other, code]]

    def three(self) -> dict[str, pd.DataFrame]:
        """`rank` and `score` of the rankings by audience, by quality and by both."""
        followers, reach = (
            self.measured.value.xs(f"audience.{name}", level=1).dropna() for name in ("followers", "reach")
        )
        both = sorted(set(followers.index) & set(reach.index))
        audience = by_mean_rank(followers[both], reach[both])
        quality = pd.DataFrame({"rank": self.rank, "score": self.scores.score[self.ranked]})
        shared = sorted(set(both) & set(self.ranked))
        general = by_mean_rank(-quality["rank"][shared], -audience["rank"][shared])
        return {"quantitative": audience, "qualitative": quality, "general": general}

    # --- beside the median

    def _medians(self) -> pd.Series:
        enough = self.measured[self.measured.enough]
        found = enough.value.groupby(level="indicator").median()
        return pd.concat([found, self.scores.loc[self.ranked, self.pillars].median()])

    def beside(self, city: str, code: str) -> str:
        """better, worse, above, below, equal, unsure, or "" where there is nothing to compare."""
        own, middle, known = self.measured.loc[(city, code)], self.medians.get(code), self.rules["indicators"][code]
        if not own.enough or middle is None:
            return ""
        if amount(own.value, known["unit"]) == amount(middle, known["unit"]):
            return "equal"
        shown = {"share": lambda value: round(100 * value), "s": hours}.get(known["unit"], lambda value: value)
        ends = wilson(round(own.value * own.n), own.n) if code in self.coded else (own.low, own.high)
        if not math.isnan(ends[0]) and shown(ends[0]) <= shown(middle) <= shown(ends[1]):
            return "unsure"
        direction = None if known["pillar"] == "audience" or math.isnan(ends[0]) else known["direction"]
        if direction is None:
            return "above" if own.value > middle else "below"
        return "better" if (own.value > middle) == (direction == "up") else "worse"

    def ahead(self, city: str) -> pd.Series:
        """By indicator that counts, how many points of the score a city is ahead of the median city, the most first."""
        codes = [c for members in self.rules["pillars"].values() for c in members if self.measured.enough[city, c]]
        found = {
            code: self.weight(code)
            * (self.points(code, self.measured.value[city, code]) - self.points(code, self.medians[code]))
            for code in codes
        }
        return pd.Series(dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))))


def wilson(successes: int, n: int) -> tuple[float, float]:
    share = successes / n
    centre, half = share + Z * Z / (2 * n), Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, (centre - half) / (1 + Z * Z / n)), min(1.0, (centre + half) / (1 + Z * Z / n))


def replied(waits: pd.DataFrame, seconds: int) -> tuple[float, float, float]:
    """1 − Kaplan–Meier, with Greenwood's interval on the log-log scale."""
    by_then = waits[waits.seconds <= seconds]
    still = float((1 - by_then.replied / by_then.waiting).prod())
    if not by_then.replied.any():
        watched = int(waits[waits.seconds == seconds].waiting.iloc[0])
        return 0.0, 0.0, 1 - (0.025 ** (1 / watched) if watched else 0.0)
    if still == 0:
        return 1.0, 0.025 ** (1 / int(by_then.replied.sum())), 1.0
    variance = (by_then.replied / (by_then.waiting * (by_then.waiting - by_then.replied))).sum()
    spread = Z * math.sqrt(variance) / math.log(still)
    return 1 - still, 1 - still ** math.exp(spread), 1 - still ** math.exp(-spread)


def mean_wait(waits: pd.DataFrame, seconds: int) -> tuple[float, float, float]:
    """The area under Kaplan–Meier's curve up to there, with its interval."""
    steps = waits[(waits.seconds < seconds) & (waits.replied > 0)]
    still = np.concatenate([[1.0], (1 - steps.replied / steps.waiting).cumprod()])
    areas = still * np.diff(np.concatenate([[0], steps.seconds, [seconds]]))
    mean, ahead = areas.sum(), np.cumsum(areas[:0:-1])[::-1]
    error = math.sqrt((ahead**2 * steps.replied / (steps.waiting * (steps.waiting - steps.replied))).sum())
    if not error:
        return mean, math.nan, math.nan
    return mean, max(0.0, mean - Z * error), min(float(seconds), mean + Z * error)


def told_apart(score: pd.Series, draws: pd.DataFrame) -> pd.DataFrame:
    """Mogstad, Romano, Shaikh and Wilhelm's step-down over all ordered pairs."""
    centre, noise = draws.mean().to_numpy(), (draws - draws.mean()).to_numpy()
    covariance = np.cov(noise, rowvar=False)
    own = np.diag(covariance)
    spread = np.sqrt(own[:, None] + own - 2 * covariance)
    np.fill_diagonal(spread, np.inf)
    statistic, apart = (centre[:, None] - centre) / spread, np.zeros(spread.shape, bool)
    left = np.isfinite(spread)
    while left.any():
        better, other = np.nonzero(left)
        largest = ((noise[:, other] - noise[:, better]) / spread[better, other]).max(axis=1)
        newly = left & (statistic > max(0.0, np.quantile(largest, 0.95)))
        if not newly.any():
            break
        apart, left = apart | newly, left & ~newly
    apart &= score.to_numpy()[:, None] > score.to_numpy()
    return pd.DataFrame(apart.T, index=score.index, columns=score.index)


def tiers(score: pd.Series, worse: pd.DataFrame) -> pd.Series:
    found, left, number = pd.Series(0, score.index), score.index, 0
    while len(left):
        number += 1
        leaders = score[left].index[score[left] == score[left].max()]
        members = left[~worse.loc[left, leaders].any(axis=1)]
        found[members], left = number, left.difference(members, sort=False)
    return found


def by_mean_rank(*values: pd.Series) -> pd.DataFrame:
    score = sum((-one).rank(method="min") for one in values) / len(values)
    return pd.DataFrame({"rank": score.rank(method="min").astype(int), "score": score})
