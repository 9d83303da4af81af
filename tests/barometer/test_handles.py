"""A handle is the same however it was written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.barometer.studies.handles import handle, is_possible, is_whole, network_name

WRITTEN = {
    ("bluesky", "ville.fr"): [
        "ville.fr",
        "@ville.fr",
        " @Ville.FR ",
        "https://bsky.app/profile/ville.fr",
        "bsky.app/profile/ville.fr",
        "https://bsky.app/profile/ville.fr/post/3kabc",
        "at://ville.fr",
        "\u2068@ville.fr\u2069",
    ],
    ("bluesky", "ville.bsky.social"): ["https://ville.bsky.social", "https://ville.bsky.social/"],
    ("bluesky", "did:plc:abc"): ["did:plc:abc", "https://bsky.app/profile/did:plc:abc", "at://did:plc:abc"],
    ("mastodon", "ville@mastodon.social"): [
        "@ville@mastodon.social",
        "ville@mastodon.social",
        "https://mastodon.social/@ville",
        "https://mastodon.social/@ville/1234",
        "https://mastodon.social/users/Ville",
        "https://mamot.fr/@ville@mastodon.social",
        "acct:ville@mastodon.social",
        "mastodon.social/@ville "[:-1],
    ],
    ("mastodon", "ville"): ["ville", "@ville"],
    ("x", "ville"): [
        "@Ville",
        "https://x.com/ville",
        "https://twitter.com/ville?lang=fr",
        "x.com/ville",
        "http://www.x.com/ville/",
        "https://twitter.com/#!/ville",
        "https://mobile.twitter.com/ville/status/12",
        "twitter.com/Ville",
    ],
    ("facebook", "ville"): [
        "https://www.facebook.com/ville",
        "facebook.com/ville/",
        "https://fr-fr.facebook.com/ville/?ref=x",
    ],
    ("facebook", "1234567"): [
        "https://www.facebook.com/pages/Ville-de-X/1234567",
        "https://facebook.com/profile.php?id=1234567",
        "https://www.facebook.com/p/Ville-de-X-1234567/",
    ],
    ("instagram", "ville"): ["https://www.instagram.com/ville/", "@ville"],
    ("youtube", "ville"): ["https://www.youtube.com/@ville", "https://www.youtube.com/c/ville/videos"],
    ("email", "mairie@ville.fr"): ["Mairie@ville.fr"],
}
CASES = [(network, text, name) for (network, name), texts in WRITTEN.items() for text in texts]


@pytest.mark.parametrize(
    ("network", "text", "name"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)]
)
def test_a_handle_however_it_was_written(network: str, text: str, name: str) -> None:
    assert handle(network, text) == name


@pytest.mark.parametrize(
    "text", ["", " ", "@", "https://", "https://bsky.app/", "https://[::1", "https://bsky.app/profile/"]
)
def test_no_handle(text: str) -> None:
    assert not is_possible(handle("bluesky", text))


NETWORKS = st.sampled_from(["bluesky", "mastodon", "x", "facebook", "instagram", "email", "elsewhere"])
NAMES = st.from_regex(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,20}[A-Za-z0-9_])?", fullmatch=True)
SERVERS = st.from_regex(r"[a-z0-9]{1,10}(\.[a-z]{2,5}){1,2}", fullmatch=True)


@given(NETWORKS, st.text(max_size=80))
def test_done_again_it_stays_as_it_is(network: str, text: str) -> None:
    once = handle(network, text)
    if is_possible(once):
        assert handle(network, once) == once


@given(NAMES, st.sampled_from(["{}", "@{}", " {} ", "https://x.com/{}", "https://twitter.com/{}/", "x.com/{}?s=20"]))
def test_on_x(name: str, form: str) -> None:
    assert handle("x", form.format(name)) == name.lower()


@given(
    NAMES,
    SERVERS,
    st.sampled_from(["{0}@{1}", "@{0}@{1}", "https://{1}/@{0}", "https://{1}/users/{0}", "https://a.b/@{0}@{1}"]),
)
def test_on_mastodon(name: str, server: str, form: str) -> None:
    found = handle("mastodon", form.format(name, server))
    assert found == f"{name}@{server}".lower() and is_whole("mastodon", found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Twitter", "x"),
        ("Blue sky", "blue_sky"),
        ("BlueSky", "bluesky"),
        ("x", "x"),
        ("réseau", ""),
        ("", ""),
        ("a" * 33, ""),
    ],
)
def test_names_of_networks(text: str, name: str) -> None:
    assert network_name(text) == name
