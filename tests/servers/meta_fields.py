"""Pages of an edge, and the fields that were asked for, as the Graph API gives them."""

import re
from collections.abc import Iterator
from typing import Any


def paged(items: list[Any], limit: int, fields: str, after: str = "") -> dict[str, Any]:
    """One page of an edge. Its `next` leads to a host that must never be asked."""
    start = int(after or 0)
    edge: dict[str, Any] = {"data": [project(item, fields) for item in items[start : start + limit]]}
    if edge["data"]:
        end = str(start + len(edge["data"]))
        edge["paging"] = {"cursors": {"before": str(start), "after": end}}
        if int(end) < len(items):
            edge["paging"]["next"] = f"https://elsewhere.example/x?access_token=stolen&after={end}"
    return edge


def project(item: dict[str, Any], fields: str) -> dict[str, Any]:
    """The fields that were asked for, edges with their own limit and fields."""
    found: dict[str, Any] = {"id": item["id"]}
    for name, inside in _split(fields):
        key = re.match(r"\w+", name)[0]  # type: ignore[index]
        value = item.get(key)
        if isinstance(value, list):
            limit = re.search(r"limit\((\d+)\)", name)
            if value:
                found[key] = paged(value, int(limit[1]) if limit else 25, inside or "id")
        elif value is not None:
            found[key] = value
    return found


def _split(fields: str) -> Iterator[tuple[str, str]]:
    """(name with its modifiers, what stands in braces) of each field."""
    depth, name, inside = 0, "", ""
    for sign in fields + ",":
        if sign == "{":
            depth += 1
        if depth == 0 and sign == ",":
            yield name, inside
            name = inside = ""
        elif depth == 0:
            name += sign
        elif not (depth == 1 and sign in "{}"):
            inside += sign
        if sign == "}":
            depth -= 1
