"""Holds the house's measures: files under 400 lines, functions under 40 (none above 80). Exit 1 when one is broken."""

import ast
import sys
from pathlib import Path

MOST_LINES = 400
LONG, TOO_LONG, FEW = 40, 80, 0.05


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def main() -> int:
    broken, lengths = [], []
    for path in sorted(Path("src").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > MOST_LINES:
            broken.append(f"{path}: {lines} lines")
        for node in functions(ast.parse(text)):
            lengths.append(length(node))
            if length(node) > TOO_LONG:
                broken.append(f"{path}:{node.lineno} {node.name}: {length(node)} lines")
    long = sum(n > LONG for n in lengths)
    if long > FEW * len(lengths):
        broken.append(f"{long} of {len(lengths)} functions are over {LONG} lines")
    print("\n".join(broken) or f"{len(lengths)} functions, {long} over {LONG} lines")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
