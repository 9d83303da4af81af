"""Page and account as the tests of both connectors have them, on the emulator."""

from datetime import UTC, datetime
from typing import Any

from portevoix.channels.facebook import FacebookConnector, FacebookSettings, InstagramConnector, InstagramSettings
from portevoix.kernel.words import Outgoing, Visibility, Writer
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, TOKEN, VERIFY, Meta, Said

ACCOUNT = "valmont"


def connector(meta: Meta | None = None, on: str = "facebook", **more: Any) -> FacebookConnector | InstagramConnector:
    """`meta` None: one that is never asked."""
    given: dict[str, Any] = {"access_token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
    if meta:
        given["graph_base"] = meta.base
    if on == "instagram":
        return InstagramConnector(ACCOUNT, InstagramSettings(**{"user_id": INSTAGRAM_ID, **given, **more}))
    return FacebookConnector(ACCOUNT, FacebookSettings(**{"page_id": PAGE_ID, **given, **more}))


def reply(to: Said, key: str = "k", text: str = "", **more: Any) -> Outgoing:
    """As the record makes it from the citizen's last message, `to`."""
    private = to.kind == "letter"
    values: dict[str, Any] = {
        "key": key,
        "account": ACCOUNT,
        "conversation": "c",
        "to": Writer(to.by),
        "text": text or f"Merci de votre message, nous l'avons lu. ({key})",
        "sent_at": datetime.now(UTC),
        "in_reply_to": to.id,
        "references": (to.id,) if private or to.under in (to.root, "") else (to.under, to.id),
        "thread": f"with:{to.by}" if private else to.id if to.under in (to.root, "") else to.under,
        "visibility": Visibility.PRIVATE if private else Visibility.PUBLIC,
    }
    return Outgoing(**values | more)
