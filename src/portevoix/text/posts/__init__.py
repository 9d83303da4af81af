"""Coding of cities' posts: function, form, territory, and whether the city speaks of itself.

For French and English. The codebook, agreement of coders and accuracy: docs/en/explanation/coding-posts.md.
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
    """Return the codes of one post; `code_posts` is much faster for many."""
    return code_posts([post], places)[0]


def code_posts(posts: Sequence[Posted], places: Places) -> list[PostCodes]:
    """Return the codes of each post of one city, in order. One without words can only be "answer" or "relay"."""
    territories = Territories(places)
    codes: list[PostCodes] = []
    for some in batched(posts, _AT_ONCE):
        read = Read.of(some)
        for post, function, own in zip(some, functions(read), self_centred(read), strict=True):
            lang = post.lang if post.lang in READ else detect(post.text, READ)[0] or "fr"
            codes.append(
                PostCodes(
                    function=function,
                    form=form(post),
                    territory=territories.of(post.text),
                    self_centred=own,
                    plain=plain(post.text, lang=lang),
                )
            )
    return codes
