"""The three rankings of 2013."""

from portevoix.barometer.scoring.rankings_2013 import general, qualitative, quantitative


def test_audience_is_ranked_by_followers_and_by_followers_per_inhabitant() -> None:
    followers = {"paris": 400.0, "bordeaux": 300.0, "toulouse": 200.0, "nantes": 100.0}
    reach = {"paris": 0.01, "bordeaux": 0.4, "toulouse": 0.3, "nantes": 0.2}
    found = quantitative(followers, reach)
    assert (found.codes, found.ranks) == (("bordeaux", "paris", "toulouse", "nantes"), (1, 2, 2, 4))
    assert found.scores == (1.5, 2.5, 2.5, 3.5)


def test_equal_ones_share_a_rank_and_the_next_one_is_passed_over() -> None:
    found = qualitative({"a": 50.0, "b": 70.0, "c": 50.0, "d": 10.0})
    assert (found.codes, found.ranks) == (("b", "a", "c", "d"), (1, 2, 2, 4))


def test_the_general_ranking_takes_both_alike_among_those_in_both() -> None:
    audience = quantitative({"a": 3.0, "b": 2.0, "c": 1.0}, {"a": 3.0, "b": 2.0, "c": 1.0})
    found = general(audience, qualitative({"b": 90.0, "a": 20.0, "d": 10.0}))
    assert found.codes == ("a", "b") and found.of("c") is None and found.of("d") is None


def test_what_is_missing_says_why() -> None:
    assert quantitative({"a": 1.0}, {}).missing and quantitative({}, {}).as_json() is None
    assert general(quantitative({}, {}), qualitative({"a": 1.0})).missing
