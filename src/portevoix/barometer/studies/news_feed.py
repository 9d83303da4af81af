"""The articles of a city's website, from its feed in the study's folder: `feeds/CODE.xml`."""

from pathlib import Path

from portevoix.channels.feeds import read_articles
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.posts.feed_traces import Article

FOLDER = "feeds"


def read_feed(directory: Path, code: str) -> list[Article]:
    """Return dated articles; none without a feed of that city. Raise BadInput for a file that is no feed."""
    file = directory / FOLDER / f"{code}.xml"
    if file.parent != directory / FOLDER or not file.exists():  # a code may hold anything
        return []
    try:
        feed_articles = read_articles(file.read_bytes())
    except BadInput as error:
        raise BadInput(
            gettext_noop("{file} cannot be used: {why} Save the city’s feed again, or take the file away."),
            file=f"{FOLDER}/{file.name}",
            why=str(error),
        ) from error
    return [Article(title=one.title, url=one.url, published=one.published) for one in feed_articles if one.published]
