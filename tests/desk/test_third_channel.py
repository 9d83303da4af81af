"""A channel that somebody else's package brings: its name and its icon stand wherever those of the built-in ones do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from portevoix.channels import base
from portevoix.record.operations import accounts
from portevoix.web.templatetags import shell
from tests.conftest import NOW, incoming

ROOMS = ("web", "desk", "journal", "exchange", "record")
BUILT_IN = {"bluesky", "mastodon", "facebook", "instagram"}
ICON = "M4 5h12v10H4Z M4 6l6 5 6-5"
MODULE = f"""
from dataclasses import dataclass, field
from portevoix.channels.base import SettingField
from portevoix.kernel.messages import Ability


@dataclass(frozen=True)
class Settings:
    folder: str = field(default="", metadata={{"knob": SettingField("Folder")}})


class Letterbox:
    kind = "letterbox"
    label = "Letters of paper"
    icon = "{ICON}"
    abilities = frozenset({{Ability.POLL, Ability.REPLY}})
    Settings = Settings

    def __init__(self, account, settings):
        pass
"""


@pytest.fixture
def letterbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Installed, as pip would."""
    (tmp_path / "letterbox_of_others.py").write_text(MODULE)
    info = tmp_path / "letterbox_of_others-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: letterbox_of_others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[portevoix.channels]\nletterbox = letterbox_of_others:Letterbox\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    base.installed_channels.cache_clear()
    yield
    base.installed_channels.cache_clear()


@pytest.fixture
def conversation(letterbox: None, city, take) -> int:
    accounts.connect(
        channel="letterbox", address="town-hall", connector="letterbox", settings={}, secret=(), by=None, now=NOW
    )
    [pk] = take(incoming("1", channel="letterbox", account="town-hall"))
    return pk


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/inbox/", "/inbox/{pk}/"])
def test_its_icon_stands_beside_each_conversation(conversation, desk, address) -> None:
    [icon] = desk.page(address.format(pk=conversation)).select("[title='Letters of paper']")
    assert icon.select_one("svg.icon path")["d"] == ICON and icon.text == "Letters of paper"


@pytest.mark.django_db
def test_its_name_stands_in_filters_settings_and_warnings(conversation, desk, sign_in, administrator) -> None:
    assert desk.page("/inbox/").select_one("#filter-channel [value=letterbox]").text == "Letters of paper"
    account = accounts.get_or_create(channel="letterbox", address="town-hall")
    accounts.pause(account=account.pk, by=administrator, now=NOW)
    told = sign_in(administrator).page("/settings/channels/").get_text(" ")
    assert "Letters of paper · town-hall" in told
    assert "Connect: Letters of paper" in told
    assert "Letters of paper, town-hall" in told


def test_each_built_in_channel_that_citizens_use_has_a_name_and_an_icon_of_its_own() -> None:
    used = BUILT_IN | {"x", "email", "webform"}
    assert len({base.icon(kind) for kind in used} - {""}) == len({base.label(kind) for kind in used}) == len(used)
    assert not any(base.icon(kind) and "#channel" in shell.channel_icon(kind) for kind in used)


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_above_the_channels_knows_one_by_its_kind(room: str) -> None:
    """What differs from network to network stands on its connector's class."""
    there = Path(base.__file__).parents[1] / room
    found = {
        f"{path.name}:{node.lineno} {node.value}"
        for path in there.rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in BUILT_IN
    }
    assert not found
