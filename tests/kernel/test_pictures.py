"""Pictures leave the house as they look, and tell nothing that cannot be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.channels.media import MOST_ALT, MOST_BYTES, megabytes, prepare_picture, size_of, strip_metadata, type_of
from portevoix.kernel.errors import BadInput
from tests.kernel import pictures
from tests.kernel.pictures import EVERY, PIXEL, SECRET, exif, jpeg, png, webp

NAMED = pytest.mark.parametrize("content", EVERY.values(), ids=EVERY)


@NAMED
def test_what_a_camera_wrote_is_left_out(content: bytes) -> None:
    assert SECRET in content
    left = strip_metadata(content)
    assert SECRET not in left and SECRET[:12] not in left
    assert strip_metadata(left) == left
    assert (type_of(left), size_of(left)) == (type_of(content), size_of(content))


def test_the_pixels_and_what_shows_them_stay() -> None:
    left = strip_metadata(jpeg(after=SECRET))
    assert left.startswith(PIXEL[:20]) and left.endswith(PIXEL[20:] + b"\xff\xd9")
    assert b"ICC_PROFILE" in left and b"Exif" not in left
    assert strip_metadata(png()) == png() and b"pHYs" in strip_metadata(pictures.told_png())
    assert b"NETSCAPE2.0" in strip_metadata(pictures.gif())


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("upright", range(1, 9))
def test_a_photograph_stays_upright(upright: int, order: str) -> None:
    left = strip_metadata(jpeg(upright, order))
    turned = exif(upright)[:8] + b"\0\1" + exif(upright)[10:22]
    assert (turned in left) == (upright > 1)
    assert (b"EXIF" in strip_metadata(webp(upright))) == (upright > 1)


def test_a_picture_knows_its_size() -> None:
    assert size_of(png(width=7, height=5)) == (7, 5)
    assert {size_of(each) for name, each in EVERY.items() if name != "png"} == {(1, 1)}
    assert size_of(b"no picture") is None and size_of(PIXEL[:30]) is None


@NAMED
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_what_is_cut_off_is_refused(content: bytes, share: float) -> None:
    whole = strip_metadata(content)
    with pytest.raises(BadInput, match="damaged"):
        prepare_picture("rue.jpg", whole[: int(len(whole) * share)] + b"\x01" * 3, "La rue")


@given(st.sampled_from([*EVERY.values()]), st.data())
def test_spoilt_ones_are_refused_or_told_nothing_of(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    spoilt = content[:at] + data.draw(st.binary(max_size=8)) + content[at + data.draw(st.integers(0, 8)) :]
    size_of(spoilt)
    try:
        left = strip_metadata(spoilt)
    except ValueError:
        return
    assert strip_metadata(left) == left


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("rue.svg", b"<svg onload='alert(1)'/>", "no picture that networks take"),
        ("rue.png", b"", "is empty"),
        ("rue.png", png(noise=MOST_BYTES), "5 MB is the most"),
    ],
    ids=["svg", "empty", "large"],
)
def test_what_is_no_picture_is_refused_with_what_to_do(name: str, content: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        prepare_picture(name, content, "La rue")


def test_its_name_and_its_description_are_tidied() -> None:
    made = prepare_picture("C:\\photos\\la  \u202erue.jpg", png(), " La rue\n\nbarrée\0 ")
    assert (made.name, made.type, made.alt) == ("la rue.jpg", "image/png", "La rue barrée")
    with pytest.raises(BadInput, match="1001 characters"):
        prepare_picture("rue.png", png(), "a" * (MOST_ALT + 1))


@pytest.mark.parametrize(("size", "told"), [(1, "0.1"), (1_000_000, "1"), (1_000_001, "1.1"), (5_000_000, "5")])
def test_sizes_are_told_in_megabytes(size: int, told: str) -> None:
    assert str(megabytes(size)) == told
