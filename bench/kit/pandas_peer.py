"""The same counts in pandas, as one writes them there: all rows in memory, grouped by city."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from portevoix.measures.counting import SUMS
from portevoix.measures.indicator_values import NOBODY, CityCounts
from portevoix.measures.posts import COLUMNS, FORMS, FUNCTIONS, TERRITORIES, TONES
from portevoix.measures.survival import Curve

_UNUSED = {"network", "account", "post", "sent_at", "minute"}


def count(directory: Path, *, first_day: date, last_day: date) -> dict[str, CityCounts]:
    posts = pd.read_parquet(directory, columns=[name for name in COLUMNS if name not in _UNUSED])
    posts["day"] = pd.to_datetime(posts["day"])
    posts = posts[posts["day"].between(pd.Timestamp(first_day), pd.Timestamp(last_day))]
    reply = posts["outbound"] & posts["reply"] & ~posts["automatic"] & ~posts["boilerplate"]
    sums = _sums(posts, reply).join(_threads(posts, reply))
    sums["days"] = (last_day - first_day).days + 1
    own = posts[posts["outbound"] & ~posts["reply"]]
    sums["days_posted"] = own.groupby("city")["day"].nunique()
    table = sums.reindex(columns=list(SUMS)).fillna(0).astype(np.int64)
    curves = {clock: _curves(posts[posts["wait"]], clock) for clock in ("elapsed", "service")}
    people = _citizens(posts, reply).to_dict("index")
    return {
        city: CityCounts(
            row[:, None],
            curves["elapsed"].get(city, NOBODY),
            curves["service"].get(city, NOBODY),
            *(people[city].values() if city in people else (0, 0)),
        )
        for city, row in zip(table.index, table.to_numpy(), strict=True)
    }


def _sums(posts: pd.DataFrame, reply: pd.Series) -> pd.DataFrame:
    out = posts["outbound"]
    own = out & ~posts["reply"]
    columns = {
        "posts": out,
        "automatic": out & posts["automatic"],
        "liked": out & (posts["likes"] > 0),
        "commented": out & (posts["comments"] > 0),
        "reposted": out & (posts["reposts"] > 0),
        "replies": reply,
        "own": own,
        "waits": posts["wait"],
    }
    columns |= {name: own & posts[name] for name in ("self_centred", "plain", "off_hours")}
    columns |= {name: posts[name].where(out, 0) for name in ("likes", "comments", "reposts")}
    columns |= {name: posts[name].where(own, 0) for name in ("images", "images_described")}
    for axis, words, among in (
        ("tone", TONES, reply),
        ("function", FUNCTIONS, own),
        ("form", FORMS, own),
        ("territory", TERRITORIES, own),
    ):
        columns[axis] = among & (posts[axis] != "")
        columns |= {f"{axis}_{word}": among & (posts[axis] == word) for word in words}
    return pd.DataFrame(columns).groupby(posts["city"]).sum()


def _threads(posts: pd.DataFrame, reply: pd.Series) -> pd.DataFrame:
    told = posts.loc[posts["wait"] | reply, ["city", "thread", "wait"]].assign(reply=reply)
    threads = told.groupby(["city", "thread"]).agg({"wait": "max", "reply": "sum"})
    opened = threads[threads["wait"]].groupby("city")["reply"]
    return pd.DataFrame({"threads": opened.size(), "thread_replies": opened.sum()})


def _citizens(posts: pd.DataFrame, reply: pd.Series) -> pd.DataFrame:
    waits = posts[posts["wait"]]
    asked = pd.DataFrame(
        {"city": waits["city"], "citizen": waits["author"], "asked": True, "answered": waits["first_elapsed_s"].notna()}
    )
    replied = posts.loc[reply & (posts["citizen"] != 0), ["city", "citizen"]].assign(asked=False, answered=True)
    people = pd.concat([asked, replied]).groupby(["city", "citizen"])[["asked", "answered"]].max()
    met = people[people["asked"]].groupby("city")["answered"]
    return pd.DataFrame({"citizens": met.size(), "answered": met.sum()})


def _curves(waits: pd.DataFrame, clock: str) -> dict[str, Curve]:
    first = waits[f"first_{clock}_s"]
    told = pd.DataFrame(
        {
            "city": waits["city"],
            "duration": first.fillna(waits[f"censored_{clock}_s"]).astype(np.int64),
            "event": first.notna(),
        }
    )
    tallied = told.groupby(["city", "duration"])["event"].agg(["sum", "size"]).reset_index()
    return {
        str(city): Curve(*(part[name].to_numpy(np.int64) for name in ("duration", "sum", "size")))
        for city, part in tallied.groupby("city")
    }
