"""Writes a whole site from a study's results: pages in two languages, one style sheet, one script, the data."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from portevoix.barometer.publish import folder, method, page_context
from portevoix.barometer.publish.catalogue import Catalogue
from portevoix.barometer.publish.picture import picture
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.contents import Document, Results

LANGUAGES = {"fr": "", "en": "en/"}
"""Where the pages of each language lie; the first one is what a folder opens with."""
STYLE = "barometer/site/site.css"
LAYERS = ("reset", "tokens", "base")
"""Of the style sheet of the house: colours, faces and distances are the same."""
_LAYER = r"^@layer {name} \{{\n.*?^\}}\n"


def publish(
    results: Results,
    out: Path,
    *,
    data: Mapping[str, bytes] | None = None,
    catalogue: Catalogue | None = None,
) -> list[Path]:
    """Write the site of a study into the folder `out`; return its files. The same results give the same bytes.

    `data`: files of open data by their name, put into `data/`; `results.json` is
    there whatever is given. `catalogue`: label, formula and source of each indicator, by its code.
    Raise BadInput when `out` holds what is not a former site.
    """
    folder.check(out)  # whoever named the wrong one need not wait for all the pages to hear it
    study = StudyView(results, catalogue or {})
    open_data = {"results.json": _as_json(results.document), **(data or {})}
    files = {f"data/{name}": content for name, content in open_data.items()} | _assets()
    sizes = sorted((name, len(content)) for name, content in open_data.items())
    for language in LANGUAGES:
        with override(language):
            files |= dict(_pages(study, language, sizes))
    return folder.replace(out, files)


def _as_json(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _pages(study: StudyView, language: str, sizes: list[tuple[str, int]]) -> Iterator[tuple[str, bytes]]:
    common = page_context.common_context(study) | {"language": language}
    contexts = {
        "index": page_context.index(study),
        "indicators": page_context.indicators(study),
        "methodology": method.methodology(study),
        "data": method.data(sizes),
        "embed": page_context.embed(study),
    }
    for name, context in contexts.items():
        yield _page(name, f"{name}.html", {**common, **context})
    for code, key in study.keys.items():
        yield _page("city", f"cities/{key}.html", {**common, **page_context.city(study, code)})
    if ranking_picture := picture(study, _own(STYLE)):
        yield _page("picture.svg", "ranking.svg", {**common, **ranking_picture})


def _page(template: str, name: str, context: dict[str, Any]) -> tuple[str, bytes]:
    """Return a page and its path. `home` leads to the pages of its language, `root` to the site's own folder."""
    language = context["language"]
    home = "../" * name.count("/")
    root = home + "../" * LANGUAGES[language].count("/")
    other = next(other for other in LANGUAGES if other != language)
    links = {"home": home, "root": root, "page": name, "other": other, "elsewhere": f"{root}{LANGUAGES[other]}{name}"}
    html = render_to_string(f"barometer/site/{template}.html", {**context, **links})
    return f"{LANGUAGES[language]}{name}", _tight(html).encode()


def _tight(html: str) -> str:
    """Remove the indentation and empty lines of templates, which would be a third of the page."""
    return re.sub(r"\n\s*\n*", "\n", html).strip() + "\n"


def _assets() -> dict[str, bytes]:
    house = _own("web/portevoix.css")
    layers = [re.search(_LAYER.format(name=name), house, re.M | re.S) for name in LAYERS]
    order = f"@layer {', '.join(LAYERS)}, site;\n"
    style = order + "".join(layer.group() for layer in layers if layer) + _own(STYLE)
    return {
        "assets/site.css": style.encode(),
        "assets/site.js": _own("barometer/site/site.js").encode(),
        "assets/theme.js": _own("web/theme.js").encode(),
    }


def _own(name: str) -> str:
    """Return the text of a static file of ours."""
    return Path(str(finders.find(name))).read_text(encoding="utf-8")
