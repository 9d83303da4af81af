"""Writes a few thousand random posts, counts them on Polars and on a Spark cluster of two workers, and compares."""

import random
import sys
from dataclasses import astuple
from math import isclose
from pathlib import Path

from pyspark.sql import SparkSession

from portevoix.measures.counting import count_days
from portevoix.measures.engines import collect, engine
from portevoix.measures.indicator_values import compute_indicators, count_cities
from portevoix.measures.posts import FORMS, FUNCTIONS, TERRITORIES, TONES, Post, frame, write
from tests.measures.cities import FIRST, LAST, post, question, reply

CLUSTER = {
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


def some_posts(of: random.Random, conversations: int) -> list[Post]:
    posts = []
    for number in range(conversations):
        place = {"city": f"{of.randrange(7):05}", "network": of.choice(["mastodon", "bluesky"])}
        after, author = of.choice([None, of.randrange(1, 10**6)]), of.randrange(1, 500)
        posts.append(question(number, **place, after=after, author=author, day=of.randrange(7)))
        if after:
            said = {"tone": of.choice(["", *TONES]), "automatic": of.random() < 0.1, "boilerplate": of.random() < 0.1}
            posts.append(reply(number, **place, **said, to=author, day=of.randrange(7)))
        posts.append(
            post(
                10**7 + number,
                **place,
                day=of.randrange(-1, 7),
                function=of.choice(["", *FUNCTIONS]),
                form=of.choice(["", *FORMS]),
                territory=of.choice(["", *TERRITORIES]),
                images=of.randrange(3),
                likes=of.randrange(9),
                automatic=of.random() < 0.2,
            )
        )
    return posts


def main(directory: Path) -> None:
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    for setting, value in CLUSTER.items():
        builder = builder.config(setting, value)
    builder.getOrCreate()
    write(frame(some_posts(random.Random(2013), 1_500)), directory)
    rows = {name: engine(name).read(directory) for name in ("polars", "spark")}
    assert rows["spark"].implementation.is_pyspark()
    here, there = (count_cities(each, first_day=FIRST, last_day=LAST) for each in rows.values())
    assert list(here) == list(there)
    for city, counts in here.items():
        assert (counts.sums == there[city].sums).all()
        theirs = compute_indicators(there[city])
        for code, ours in compute_indicators(counts).items():
            assert all(map(same, astuple(ours), astuple(theirs[code]))), (code, ours, theirs[code])
    days, others = (dict(collect(count_days(each)).iter_rows()) for each in rows.values())
    assert days == others and days
    print("equal")


def same(one: float | None, other: float | None) -> bool:
    """To the last digit that floating point allows."""
    return one == other or (one is not None and other is not None and isclose(one, other, rel_tol=1e-12))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
