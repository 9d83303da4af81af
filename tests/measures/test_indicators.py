"""The catalogue is whole; presence and audience by worked examples."""

import pytest

from portevoix.measures.counting import SUMS
from portevoix.measures.follower_ratios import engagement, following
from portevoix.measures.indicator_values import compute_indicators
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.metrics import MeasuredValue
from portevoix.measures.network_presence import of_population, presence
from tests.measures.cities import counted, post

CODES = """
presence.account presence.accounts presence.official presence.community_manager
reactivity.f1h reactivity.f8h reactivity.f24h reactivity.f72h
reactivity.f1h.service reactivity.f8h.service reactivity.f24h.service reactivity.f72h.service
reactivity.answered reactivity.restricted_mean
conversation.reply_share conversation.depth conversation.citizens conversation.neutral conversation.silly
conversation.conniving conversation.cold conversation.described conversation.plain
content.service content.event_announced content.event_covered content.alert content.consultation content.symbolic
content.relay content.answer content.photo content.video content.link content.text content.city content.agglomeration
content.elsewhere content.self_centred content.posts_per_day content.regularity content.off_hours
automation.share
audience.followers audience.reach audience.ratio audience.p1 audience.p2 audience.p3 audience.c1 audience.c2 audience.c3
audience.v1 audience.v2 audience.v3 audience.e
"""


def test_the_catalogue_is_whole_and_says_what_each_is() -> None:
    assert set(INDICATORS) == set(CODES.split())
    for code, indicator in INDICATORS.items():
        assert indicator.code == code and code.startswith(f"{indicator.pillar}.")
        assert indicator.label and indicator.formula and indicator.source
        assert indicator.ratio is None or set(indicator.ratio) <= set(SUMS)


def test_every_indicator_is_measured_by_somebody() -> None:
    measured = (
        compute_indicators(counted(post())["49007"]).keys()
        | presence(accounts=1, evidenced=1, community_manager=False).keys()
        | following(followers=1, followed=1, population=1).keys()
        | engagement(posts=1, likes=0, comments=0, reposts=0, followers=1).keys()
    )
    assert measured == set(INDICATORS)


def test_the_study_of_2013() -> None:
    """41 cities over 100,000 inhabitants; 25 with an account, one of them with two; 10 with a community manager."""
    cities = [
        presence(accounts=(2 if place == 0 else 1) if place < 25 else 0, evidenced=0, community_manager=place < 10)
        for place in range(41)
    ]
    told = of_population(cities)
    assert told["presence.account"] == MeasuredValue(25 / 41, 41)
    assert told["presence.community_manager"] == MeasuredValue(10 / 41, 41)
    assert f"{25 / 41:.0%}" == "61%" and f"{10 / 41:.1%}" == "24.4%"
    assert told["presence.accounts"].value == 26


def test_a_city_without_an_account_has_no_evidence_to_show() -> None:
    nobody = presence(accounts=0, evidenced=0, community_manager=False)
    assert nobody["presence.account"].value == 0
    assert nobody["presence.official"] == MeasuredValue(None, 0)
    both = of_population([nobody, presence(accounts=3, evidenced=2, community_manager=True)])
    assert both["presence.official"] == MeasuredValue(2 / 3, 3)
    assert of_population([])["presence.account"] == MeasuredValue(None, 0)


def test_followers_and_reach_and_the_capped_ratio() -> None:
    told = following(followers=3_000, followed=1_500, population=150_000)
    assert [told[f"audience.{name}"].value for name in ("followers", "reach", "ratio")] == [3_000, 0.02, 0.5]
    assert following(followers=100, followed=900, population=1)["audience.ratio"].value == 1
    unknown = following(followers=None, followed=None, population=None)
    assert set(unknown.values()) == {MeasuredValue(None, 0)}
    assert following(followers=0, followed=3, population=10)["audience.ratio"] == MeasuredValue(None, 0)


def test_engagement_worked_by_hand() -> None:
    """50 posts, 200 likes, 50 comments, 100 times passed on, 2,000 followers: 4, 1 and 2 a post, by 2,000, × 1,000."""
    told = engagement(posts=50, likes=200, comments=50, reposts=100, followers=2_000)
    assert [told[f"audience.{name}"].value for name in ("p3", "c3", "v3", "e")] == [2.0, 0.5, 1.0, 3.5]
    assert told["audience.e"].n == 50


@pytest.mark.parametrize(("posts", "followers"), [(0, 10), (10, 0), (10, None)], ids=["no post", "none", "unknown"])
def test_engagement_of_nobody_is_not_told(posts: int, followers: int | None) -> None:
    told = engagement(posts=posts, likes=1, comments=1, reposts=1, followers=followers)
    assert set(told.values()) == {MeasuredValue(None, 0)}
