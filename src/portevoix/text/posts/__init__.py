"""Codes posts of cities: what each is for, its form, the territory it speaks of, whether the city speaks of itself.

French and English. The codebook, how far two codings agree and how good this is: docs/en/explanation/coding-posts.md.
"""

from collections.abc import Sequence
from itertools import batched

from portevoix.text.language import READ, detect
from portevoix.text.posts.asking import asks, asks_of
from portevoix.text.posts.codes import FORMS, FUNCTIONS, TERRITORIES, Places, PostCodes, Posted
from portevoix.text.posts.form import form
from portevoix.text.posts.function import Read, functions, self_centred
from portevoix.text.posts.plain import plain
from portevoix.text.posts.territory import Territories

__all__ = [
    "FORMS", "FUNCTIONS", "TERRITORIES", "Places", "PostCodes", "Posted", "asks", "asks_of", "code_post", "code_posts",
]  # fmt: skip

_AT_ONCE = 500


def code_post(post: Posted, places: Places) -> PostCodes:
    """The codes of one post: `code_posts` of many takes far less time for each."""
    return code_posts([post], places)[0]


def code_posts(posts: Sequence[Posted], places: Places) -> list[PostCodes]:
    """The codes of each post of one city, in order. A post without words has no function but "answer" or "relay"."""
    territories = Territories(places)
    found: list[PostCodes] = []
    for some in batched(posts, _AT_ONCE):
        read = Read.of(some)
        for post, function, own in zip(some, functions(read), self_centred(read), strict=True):
            lang = post.lang if post.lang in READ else detect(post.text, READ)[0] or "fr"
            found.append(
                PostCodes(
                    function=function,
                    form=form(post),
                    territory=territories.of(post.text),
                    self_centred=own,
                    plain=plain(post.text, lang=lang),
                )
            )
    return found
