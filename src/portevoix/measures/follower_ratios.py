"""Followers of a city and their reactions. Shown as context: they measure the audience, not the service.

P, C and V are of Bonsón and Ratkai, "A set of metrics to assess stakeholder engagement and social legitimacy on a
corporate Facebook page", Online Information Review 37 (2013): popularity (likes), commitment (comments), virality
(passed on). The first of each is the share of posts with some, the second how many a post, the third the second per
1,000 followers.
"""

from portevoix.measures.metrics import MeasuredValue


def following(*, followers: int | None, followed: int | None, population: int | None) -> dict[str, MeasuredValue]:
    """Return the followers, reach and capped ratio of a city whose accounts follow `followed`; None: not known."""
    sample_size = 0 if followers is None else 1
    reach = followers / population if followers is not None and population else None
    ratio = min(1.0, followed / followers) if followers and followed is not None else None
    return {
        "audience.followers": MeasuredValue(followers, sample_size),
        "audience.reach": MeasuredValue(reach, int(reach is not None)),
        "audience.ratio": MeasuredValue(ratio, int(ratio is not None)),
    }


def engagement(
    *, posts: int, likes: int, comments: int, reposts: int, followers: int | None
) -> dict[str, MeasuredValue]:
    """Return P3, C3, V3 and their sum E: reactions per post and per 1,000 followers."""
    per_post = {"p": likes, "c": comments, "v": reposts}
    if not posts or not followers:
        return {f"audience.{name}": MeasuredValue(None, 0) for name in ("p3", "c3", "v3", "e")}
    reactions = {f"audience.{letter}3": count / posts / followers * 1000 for letter, count in per_post.items()}
    reactions["audience.e"] = sum(reactions.values())
    return {code: MeasuredValue(value, posts) for code, value in reactions.items()}
