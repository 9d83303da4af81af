"""Checks by other hands that a PDF is accessible: what PDF/UA-1 asks, also where Typst does not refuse."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf


def find_faults(content: bytes, lang: str) -> list[str]:
    """Return what a reader by ear would miss: tags, language, title, alternatives, headings in order, header cells."""
    pdf = pikepdf.open(BytesIO(content))
    root = pdf.Root
    if "/StructTreeRoot" not in root:
        return ["untagged"]
    faults = []
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        faults.append("not marked")
    if not str(root.get("/Lang", "")).startswith(lang):
        faults.append(f"language is {root.get('/Lang')}")
    with pdf.open_metadata() as metadata:
        faults += [f"no {key}" for key in ("dc:title", "pdfuaid:part") if not metadata.get(key)]
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        faults.append("shows its file name as its title")
    nodes = list(_walk(root.StructTreeRoot.get("/K"), dict(root.StructTreeRoot.get("/RoleMap", {}).items()), set()))
    return [*faults, *_tree_faults(nodes), *_font_faults(pdf)]


def tags_of(content: bytes) -> list[str]:
    """Return the tags of the structure, in order."""
    pdf = pikepdf.open(BytesIO(content))  # what is read of it lives as long as it
    tree = pdf.Root.StructTreeRoot
    return [tag for tag, _ in _walk(tree.get("/K"), dict(tree.get("/RoleMap", {}).items()), set())]


def _walk(node, roles: dict, seen: set) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from _walk(each, roles, seen)
    elif isinstance(node, pikepdf.Dictionary):
        if node.is_indirect:
            if node.objgen in seen:
                return
            seen.add(node.objgen)
        if "/S" in node:
            tag = str(node.S)
            for _ in range(9):
                tag = str(roles.get(tag, tag))
            yield tag[1:], node
        if "/K" in node:
            yield from _walk(node.K, roles, seen)


def _tree_faults(nodes: list) -> Iterator[str]:
    level = 0
    for tag, node in nodes:
        if tag in ("Figure", "Formula") and not str(node.get("/Alt", node.get("/ActualText", ""))).strip():
            yield f"{tag} without alternative"
        if tag[0] == "H" and tag[1:].isdigit():
            if int(tag[1:]) > level + 1:
                yield f"heading jumps from {level} to {tag}"
            level = int(tag[1:])
    tags = {tag for tag, _ in nodes}
    if "Table" in tags and "TH" not in tags:
        yield "table without header cells"


def _font_faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        for name, font in page.resources.get("/Font", {}).items():
            if "/ToUnicode" not in font:
                yield f"page {number}: font {name} cannot be copied"
