"""How well posts of cities are coded: agreement of two codings, macro-F1 beside a baseline, automation, rate.

    python bench/coders.py [--write] [--posts 10000] [--accounts 40]

The 200 posts in `bench/data/posts` were invented for this; so were the accounts that machines or people run
(`bench/kit/accounts.py`). `--write` stores the confusion matrices in `src/portevoix/text/posts/confusion.json`.
"""

import argparse
import csv
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from kit.accounts import KINDS
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline

from portevoix.kernel.messages import Media
from portevoix.measures.automation import find_automatic
from portevoix.text import posts
from portevoix.text.posts import FORMS, FUNCTIONS, TERRITORIES, CityPost, Places, PostCodes, code_posts
from portevoix.text.posts.function import PreparedPosts, code_by_rule, model
from portevoix.text.tone import TONES, verdict

DATA = Path(__file__).with_name("data") / "posts"
SEED = Path(posts.__file__).with_name("seed.jsonl")
CONFUSION = Path(posts.__file__).with_name("confusion.json")
TONE = Path(__file__).parents[1] / "tests" / "text" / "held" / "tone.jsonl"
LABELS = {
    "function": FUNCTIONS, "form": FORMS, "territory": (*TERRITORIES[:3], "none"), "self_centred": ("yes", "no"),
    "plain": ("yes", "no"),
}  # fmt: skip

type Coding = dict[str, dict[str, str]]
type Matrix = dict[str, dict[str, int]]


def coding(name: str) -> Coding:
    """{post: {axis: code}}"""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row.pop("id"): row for row in csv.DictReader(file)}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def alpha(pairs: Sequence[tuple[str, str]]) -> float:
    """Krippendorff's alpha of two nominal codings without gaps: 1 - observed over expected disagreement."""
    values = Counter(value for pair in pairs for value in pair)
    n = sum(values.values())
    observed = sum(one != other for one, other in pairs) / len(pairs)
    expected = 1 - sum(count * (count - 1) for count in values.values()) / (n * (n - 1))
    return 1 - observed / expected if expected else 1.0


def ours(sample: Sequence[dict]) -> Coding:
    """What the program says of these posts, in the words of the codebook."""
    places = json.loads((DATA / "places.json").read_text("utf-8"))
    names = {city: known["city"] for city, known in places.items()}
    found: Coding = {}
    for city, known in places.items():
        mine = [row for row in sample if row["city"] == city]
        others = [name for other, some in names.items() if other != city for name in some]
        given = Places(city=known["city"], agglomeration=known["agglomeration"], others=others)
        for row, codes in zip(mine, code_posts([posted(row) for row in mine], given), strict=True):
            found[row["id"]] = told(codes)
    return found


def posted(row: dict) -> CityPost:
    media = tuple(Media(url="https://media.example/1", type=kind) for kind in row["media"])
    return CityPost(text=row["text"], lang="fr", media=media, reply=row["reply"])


def told(codes: PostCodes) -> dict[str, str]:
    yes = {True: "yes", False: "no"}
    return {
        "function": codes.function, "form": codes.form, "territory": codes.territory or "none",
        "self_centred": yes[codes.self_centred], "plain": yes[codes.plain],
    }  # fmt: skip


def likeliest(sample: Sequence[dict]) -> dict[str, str]:
    """The function of each post as though the program were always sure."""
    read, learnt = PreparedPosts.of([posted(row) for row in sample]), model("function")
    best = iter(learnt.probabilities(read.texts, [read.cues]).argmax(axis=1).tolist())
    return {row["id"]: rule or learnt.labels[next(best)] for row, rule in zip(sample, read.rules, strict=True)}


def baseline(sample: Sequence[dict], axis: str) -> dict[str, str]:
    """TF-IDF of words and pairs with logistic regression, learnt from the same seed; replies are answers there too."""
    seed = rows(SEED)
    labels = [row["function"] if axis == "function" else ("no", "yes")[row["self_centred"]] for row in seed]
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), strip_accents="unicode"),
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
    )
    model.fit([row["text"] for row in seed], labels)
    said = model.predict([row["text"] for row in sample])
    rule = [code_by_rule(posted(row)) for row in sample]
    if axis == "function":
        said = [one or other for one, other in zip(rule, said, strict=True)]
    return {row["id"]: str(one) for row, one in zip(sample, said, strict=True)}


def confusion(truth: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> Matrix:
    """{true: {said: count}}; "" is what was not told."""
    counts = Counter(zip(truth, said, strict=True))
    columns = (*labels, "") if "" in said else labels
    return {label: {other: counts[label, other] for other in columns} for label in labels}


def coded() -> dict[str, Matrix]:
    """Prints agreement and figures on each axis; the matrices on what both codings agree on."""
    sample = rows(DATA / "posts.jsonl")
    one, other, program = coding("coder_a.csv"), coding("coder_b.csv"), ours(sample)
    found: dict[str, Matrix] = {}
    print(f"{len(sample)} posts")
    for axis, labels in LABELS.items():
        pairs = [(one[row["id"]][axis], other[row["id"]][axis]) for row in sample]
        agreed = [row for row, (a, b) in zip(sample, pairs, strict=True) if a == b]
        truth = [one[row["id"]][axis] for row in agreed]
        said = [program[row["id"]][axis] for row in agreed]
        line = f"  {axis:13} alpha {alpha(pairs):.3f}  agreed on {len(agreed)}  {figures(truth, said, labels)}"
        if axis == "function":
            forced = likeliest(sample)
            line += f"\n  {'':13} always told: {figures(truth, [forced[row['id']] for row in agreed], labels)}"
        if axis in ("function", "self_centred"):
            rival = baseline(sample, axis)
            line += f"\n  {'':13} TF-IDF + logistic: {figures(truth, [rival[row['id']] for row in agreed], labels)}"
        most = Counter(truth).most_common(1)[0][0]
        print(f"{line}\n  {'':13} always “{most}”: {figures(truth, [most] * len(truth), labels)}")
        found[axis] = confusion(truth, said, labels)
    for label, said_of in found["function"].items():
        print(f"    {label:16} {said_of}")
    return found


def figures(truth: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> str:
    kept = [(a, b) for a, b in zip(truth, said, strict=True) if b]
    present = [label for label in labels if label in truth]
    right = sum(a == b for a, b in kept) / len(kept)
    text = f"macro-F1 {macro(truth, said, present):.3f}"
    if len(kept) < len(truth):
        some, told_ = [a for a, _ in kept], [b for _, b in kept]
        text += f" (of the {len(kept) / len(truth):.2f} that are told {macro(some, told_, present):.3f})"
    return f"{text}, right {right:.3f}"


def macro(truth: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> float:
    return float(f1_score(truth, said, labels=labels, average="macro", zero_division=0))


def automation(accounts: int) -> Matrix:
    """Prints what is found of each kind of simulated account; the matrix of all."""
    truths: list[str] = []
    calls: list[str] = []
    print(f"automation, {accounts} simulated accounts of each kind, twelve weeks")
    for kind, make in KINDS.items():
        mine = list(simulated(kind, make, accounts))
        truths += [truth for truth, _ in mine]
        calls += [call for _, call in mine]
        by_machine = [call for truth, call in mine if truth == "yes"]
        by_people = [call for truth, call in mine if truth == "no"]
        found = f", found {share(by_machine):.3f}" if by_machine else ""
        wrongly = f", wrongly {share(by_people):.4f}" if by_people else ""
        print(f"  {kind:40} {len(mine):6} posts{found}{wrongly}")
    print(f"  macro-F1 {macro(truths, calls, ['yes', 'no']):.3f}")
    return confusion(truths, calls, ("yes", "no"))


def share(calls: Sequence[str]) -> float:
    return calls.count("yes") / len(calls)


def simulated(kind: str, make, accounts: int) -> Iterator[tuple[str, str]]:
    """(whether a machine published it, whether it was called so) of each post of this kind of account."""
    yes = {True: "yes", False: "no"}
    for n in range(accounts):
        account = make(random.Random(f"{kind} {n}"))
        called = find_automatic(post for post, _ in account).ids
        yield from ((yes[machine], yes[post.id in called]) for post, machine in account)


def tone() -> Matrix:
    drafts = rows(TONE)
    said = [verdict(row["text"]).tone for row in drafts]
    truth = [row["label"] for row in drafts]
    print(f"tone, {len(drafts)} drafts by another hand: {figures(truth, said, TONES)}")
    return confusion(truth, said, TONES)


def rate(posts: int) -> None:
    texts = [row["text"] for row in rows(SEED)]
    many = [CityPost(text=f"{texts[n % len(texts)]} {n}") for n in range(posts)]
    code_posts(many[:500], Places())
    start, busy = time.perf_counter(), time.process_time()
    code_posts(many, Places(city=("Ormesnac",), agglomeration=("Ormesnac Agglo",), others=("Brévigny", "Valbriac")))
    took, busy = time.perf_counter() - start, time.process_time() - busy
    print(f"{posts:,} posts in {took:.1f} s, {busy:.1f} s of one core: {posts / busy:,.0f} posts/s a core")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--write", action="store_true", help="store the confusion matrices that ship")
    asked.add_argument("--posts", type=int, default=10_000, help="of which the rate is told")
    asked.add_argument("--accounts", type=int, default=40, help="of each kind")
    given = asked.parse_args()
    matrices = coded() | {"automatic": automation(given.accounts), "tone": tone()}
    rate(given.posts)
    if given.write:
        CONFUSION.write_text(json.dumps(matrices, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
