"""Holds the house's names: functions are verbs, variables nouns, neither a bare participle; a module's name is its own.

Exit 1 when one is not.

    python tools/names.py [--list] [ROOM...]

`--list` prints each bare participle with its place; ROOM is a folder of src/portevoix, and then its names alone count.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path("src/portevoix")
MOST_FUNCTIONS, MOST_ASSIGNED = 0.02, 0.03
"""Shares of bare participles among the names of functions, and among those that are assigned."""
BANNED = frozenset({"told", "said", "known", "held", "kept", "came", "found", "whole", "one", "made"})
"""No name of a module, with or without an underscore: they may mean anything."""
IRREGULAR = frozenset(
    """begun bent bitten bought bound broken brought built burnt came caught chosen dealt done drawn driven drunk dug
    eaten fallen felt fled forgotten fought found frozen gave given gone grown heard held hidden hung kept knew known
    laid learnt led left lent lost made meant met paid put ridden risen run rung said sat saw seen sent shaken shot
    shown shut slept sold sought spelt spent spoilt spoken spun stolen stood struck stuck sung sunk swept swum taken
    taught thought thrown told took torn understood went woken won worn wound written wrote""".split()  # noqa: SIM905
)
SAME_AS_VERB = frozenset({"put", "run", "shut", "left", "bound", "wound", "saw"})
"""Verbs and nouns too: `run`, `put`, the `left` side, a `saw`."""
NO_PARTICIPLES = frozenset({"bed", "embed", "feed", "hundred", "need", "red", "seed", "speed", "proceed", "exceed"})
SHARED = frozenset(
    """__init__ apps client connector cursor demo edit_watch errors features folder forms lines models oauth parse
    post_length receive send settings urls values views""".split()  # noqa: SIM905
)
"""Names that modules may share, in one room and in several: each network's folder, say, has the same."""
LAYERS = frozenset({"indicators", "models", "operations", "queries", "templatetags", "training", "views"})
"""Folders whose modules are called after what they are about, as their neighbours' are."""
MOST_NAMESAKES = 2
"""Modules of one name over all rooms, names of SHARED and folders of LAYERS apart: three tell nobody which is which."""


def is_participle(name: str) -> bool:
    """Whether a name is one past participle and nothing else."""
    word = name.strip("_").lower()
    if "_" in word or word in NO_PARTICIPLES | SAME_AS_VERB:
        return False
    return word in IRREGULAR or (word.endswith("ed") and len(word) > len("used"))


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno


def assigned(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def module_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.lineno) for target in targets if isinstance(target, ast.Name))


def shared_names(paths: list[Path]) -> Iterator[str]:
    """Complaints of modules that share their name with another one of their room."""
    keys = Counter((path.relative_to(SOURCE).parts[0], path.stem) for path in paths if path.parent.name not in LAYERS)
    for (room, stem), count in sorted(keys.items()):
        if count > 1 and stem not in SHARED:
            yield f"{room}: {count} modules are called {stem}"


def namesakes(paths: list[Path]) -> Iterator[str]:
    """Complaints of names that more than MOST_NAMESAKES modules have, over all rooms."""
    places: dict[str, list[str]] = {}
    for path in paths:
        if path.parent.name not in LAYERS and path.stem not in SHARED:
            places.setdefault(path.stem, []).append(str(path.relative_to(SOURCE)))
    for stem, where in sorted(places.items()):
        if len(where) > MOST_NAMESAKES:
            yield f"{stem}: {len(where)} modules, {', '.join(where)}; at most {MOST_NAMESAKES}"


def main(arguments: list[str]) -> int:
    rooms = [argument for argument in arguments if not argument.startswith("--")] or [""]
    paths = sorted(path for room in rooms for path in (SOURCE / room).rglob("*.py") if "migrations" not in path.parts)
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    broken = [*shared_names(paths), *namesakes(paths)]
    for path, tree in trees.items():
        broken += [f"{path}:{line} {name}: banned" for name, line in module_names(tree) if name.strip("_") in BANNED]
    for what, names_of, most in (("functions", functions, MOST_FUNCTIONS), ("assigned", assigned, MOST_ASSIGNED)):
        names = [(path, name, line) for path, tree in trees.items() for name, line in names_of(tree)]
        bare = [(path, name, line) for path, name, line in names if is_participle(name)]
        if "--list" in arguments:
            print("\n".join(f"{path}:{line} {what} {name}" for path, name, line in bare))
        share = len(bare) / max(len(names), 1)
        print(f"{what}: {len(bare)} bare participles of {len(names)} names ({share:.1%}; at most {most:.0%})")
        if share > most:
            broken.append(f"{what}: too many bare participles")
    print("\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
