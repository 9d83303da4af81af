"""What a city's rules cost, beside the text models that follow them, in one process on one core.

    python bench/rules.py [--rules 50] [--copies 10]

The rules are made of words that Valmont's messages hold, four words and a phrase each; some ask for an account or hours
too, and together they catch half of the messages. Their ratio is what counts.
"""

import argparse
import json
import re
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

from kit.ending import GOAL_MISSED

from portevoix.demo import timeline
from portevoix.text.labels.factory import TASKS
from portevoix.text.labels.features import Texts
from portevoix.text.routing.matcher import Matcher, RuleInput
from portevoix.text.routing.routing_rule import Hours, Rule
from portevoix.text.starter import DepartmentText
from portevoix.text.training.from_labels import make_factory

CLOCK = time.process_time
BATCH, MOST = 500, 0.2


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rules", type=int, default=50)
    asked.add_argument("--copies", type=int, default=10, help="how often Valmont's messages are read")
    given = asked.parse_args()
    once = [RuleInput(m.text, (m.channel, m.account), m.sent_at) for m in timeline.timeline(0) if m.direction == "in"]
    said = once * given.copies
    matcher = Matcher(_rules(given.rules, once), ZoneInfo("Europe/Paris"))
    departments = tomllib.loads(timeline.text("departments.toml"))["department"]
    described = [DepartmentText(d["slug"], d["name"], d["description"], tuple(d["competences"])) for d in departments]
    models = [make_factory(task, described).first_day() for task in TASKS]

    def suggest() -> None:
        for at in range(0, len(said), BATCH):
            texts = Texts([one.text for one in said[at : at + BATCH]])
            for model in models:
                model.predict(texts)

    rules = _microseconds(lambda: [matcher.find(one) for one in said], len(said))
    model = _microseconds(suggest, len(said))
    caught = sum(matcher.find(one) is not None for one in once) / len(once)
    ratio = rules / model
    print(f"{given.rules} rules, which catch {caught:.0%}: {rules:.1f} µs a message; ", end="")
    print(f"the models {model:.1f} µs; ", end="")
    print(f"ratio {ratio:.3f} (at most {MOST})")
    print(json.dumps({"rules_us": round(rules, 1), "models_us": round(model, 1), "ratio": round(ratio, 3)}))
    return GOAL_MISSED if ratio > MOST else 0


def _microseconds(work: Callable[[], object], messages: int) -> float:
    """Of each message, the best of five."""
    took = []
    for _ in range(5):
        start = CLOCK()
        work()
        took.append(CLOCK() - start)
    return min(took) / messages * 1e6


def _rules(count: int, said: list[RuleInput]) -> list[Rule]:
    """Of words that stand in few messages, so that all of them are looked at for most messages."""
    spoken = Counter(word for one in said for word in set(re.findall(r"[a-zà-ÿ]{5,}", one.text.lower())))
    words = [word for word, number in spoken.most_common() if number == 1][: 5 * count]
    rules = []
    for n in range(count):
        a, b, c, d, e = (words[(5 * n + k) % len(words)] for k in range(5))
        rules.append(
            Rule(
                f"d{n}",
                words=(a, f"{b[:4]}*", f"{c}s", d, f"{e}* de {a}"),
                accounts=(("x", "@VilleValmont"),) if n % 5 == 0 else (),
                hours=Hours(frozenset({5, 6}), 22 * 60, 6 * 60) if n % 7 == 0 else None,
            )
        )
    return rules


if __name__ == "__main__":
    raise SystemExit(main())
