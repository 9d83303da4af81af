"""What goes out: a reply or a post, in several posts when it is long. X has no key by which a send could be repeated.

In its place: the account's own posts since the one that is answered, and X's refusal of the same text twice.
"""

import base64
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels.base import Pictures
from portevoix.channels.http import Rejected
from portevoix.channels.x import budget
from portevoix.channels.x.client import Client, mapping
from portevoix.channels.x.parse import Page, Reader, post_id
from portevoix.channels.x.receive import SHOWN, who
from portevoix.channels.x.settings import XSettings, handle
from portevoix.channels.x.text import essence, posts
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment, Incoming, Outgoing, Receipt, Visibility

SETTLING: Final = 4.0
"""Seconds after which own posts are read once more before one is said to be absent: X may show it late."""
PICTURES: Final = Pictures(most=4, bytes=5_000_000, animated_alone=True)
_ALLOWANCE: Final = timedelta(hours=1)


class Sender:
    def __init__(self, client: Client, account: str, settings: XSettings) -> None:
        self.client, self.account, self.settings = client, account, settings
        self._me: tuple[str, str] | None = None

    def send(self, message: Outgoing) -> Receipt:
        """Writes the posts that are not there yet: a thread that was cut is continued.

        Raises Refused for what X does not take, with what to do; TryLater when the month's posts are used up.
        """
        if message.visibility is Visibility.PRIVATE:
            raise Refused(
                gettext_noop(
                    "This conversation is private, and what is posted on X everybody reads. Use another channel."
                )
            )
        if message.in_reply_to and not post_id(message.in_reply_to):
            raise Refused(gettext_noop("The message that this answers is no post of X."))
        PICTURES.admit(message)
        texts = posts(message.text)
        there = self._there(message, texts) if len(texts) > 1 else []
        budget.write(self.account, self.settings.most_written, len(texts) - len(there), datetime.now(UTC))
        shown = () if there else tuple(self._lay(one) for one in message.media)
        for number, text in enumerate(texts[len(there) :], start=len(there)):
            try:
                above = there[-1] if there else message.in_reply_to
                there.append(self._write(message, text, above, () if number else shown))
            except Refused as error:
                if number and not error.pause:
                    raise _halfway(number, len(texts), error) from error
                raise
        return self._receipt(there[0])

    def find(self, message: Outgoing) -> Receipt | None:
        """None: the account's posts were read whole since the one that is answered, twice, and it is not among them, or
        not all of it: `send` writes what is missing.
        """
        if message.in_reply_to and not post_id(message.in_reply_to):
            return None  # `send` refuses it
        texts = posts(message.text)
        there = self._there(message, texts)
        if len(there) < len(texts):
            time.sleep(SETTLING)
            there = self._there(message, texts)
        return self._receipt(there[0]) if len(there) == len(texts) else None

    def delete(self, message: Outgoing, external_id: str) -> None:
        """All its posts, the last one first, so that what is left when it is cut still begins at its beginning."""
        texts = posts(message.text)
        there = self._there(message, texts) if len(texts) > 1 else []
        for number in reversed(there or [external_id]):
            self.client.delete(f"/2/tweets/{number}")

    def _lay(self, one: Attachment) -> str:
        """The id of a picture that X keeps for a day, with its description, and shows once a post does."""
        kind = "tweet_gif" if one.type == "image/gif" else "tweet_image"
        body = {"media": base64.b64encode(one.content).decode(), "media_category": kind}
        number = post_id(mapping(self.client.upload("/2/media/upload", body).get("data")).get("id"))
        if not number:
            raise TryLater(gettext_noop("What the network answers cannot be read."))
        self.client.upload("/2/media/metadata", {"id": number, "metadata": {"alt_text": {"text": one.alt}}})
        return number

    def _write(self, message: Outgoing, text: str, above: str, shown: Sequence[str]) -> str:
        """The id of the new post."""
        body: dict[str, Any] = {"text": text, **({"reply": {"in_reply_to_tweet_id": above}} if above else {})}
        if shown:
            body["media"] = {"media_ids": list(shown)}
        try:
            told = self.client.post("/2/tweets", body)
        except Rejected as error:
            return self._refused(message, text, above, error)
        number = post_id(mapping(told.get("data")).get("id"))
        if not number:
            raise Uncertain(gettext_noop("X answered without saying which post it made."))
        budget.wrote(self.account, datetime.now(UTC))
        return number

    def _refused(self, message: Outgoing, text: str, above: str, error: Rejected) -> str:
        said = str(error).lower()
        if error.status == 403 and error.values.get("told") == "—":  # it may be the refusal of the same text
            raise Uncertain(gettext_noop("X refuses without a reason that can be read.")) from error
        if error.status == 403 and "duplicate" in said:
            return self._doubled(message, text, above)
        if error.status == 403 and ("mentioned" in said or "reply to this conversation" in said):
            raise Refused(
                gettext_noop(
                    "X lets an application reply only to who mentioned {account} or quoted one of its posts, and this"
                    " author did neither. Answer on x.com, by hand."
                ),
                account=self.account,
            ) from error
        if error.status in (403, 404) and ("deleted" in said or "not visible" in said or error.status == 404):
            raise Refused(gettext_noop("The post that this answers is deleted, or not shown to the city.")) from error
        raise error

    def _doubled(self, message: Outgoing, text: str, above: str) -> str:
        """X has this text already: as this very reply, or as another one."""
        written = [*self._own(message), *self._page({})[0]]
        same = [post for post in written if essence(post.text) == essence(text)]
        for post in same:
            if post.in_reply_to == above:
                return post.external_id
        if same:
            raise Refused(
                gettext_noop(
                    "X does not take the same text twice, and it was sent to somebody else. Change some words."
                )
            )
        raise Uncertain(
            gettext_noop(
                "X says that this text was posted already, but does not show it. See there whether it arrived."
            )
        )

    def _there(self, message: Outgoing, texts: Sequence[str]) -> list[str]:
        """The ids of the posts of this reply that are on X, from the first one on."""
        found: list[str] = []
        written = sorted(self._own(message), key=lambda post: int(post.external_id))
        for text in texts:
            above = found[-1] if found else message.in_reply_to
            mine = (post for post in written if post.in_reply_to == above and essence(post.text) == essence(text))
            following = next(mine, None)
            if following is None:
                break
            found.append(following.external_id)
        return found

    def _own(self, message: Outgoing) -> list[Incoming]:
        """What the account wrote since the post that is answered. Raises Uncertain when X does not show all of it."""
        if message.in_reply_to:
            asked = {"since_id": message.in_reply_to}
        else:
            asked = {"start_time": (message.sent_at - _ALLOWANCE).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        found: list[Incoming] = []
        for _ in range(SHOWN["own"] // 100):
            read, following = self._page(asked)
            found += read
            if not following:
                return found
            asked["pagination_token"] = following
        raise Uncertain(gettext_noop("The account has written more than X shows: whether this was sent, see there."))

    def _page(self, asked: Mapping[str, str]) -> tuple[list[Incoming], str]:
        """A hundred of the account's own posts, the newest first, and the token of the next hundred."""
        if not self._me:
            self._me = who(self.client, self.account)
        number, name = self._me
        parameters = {"max_results": "100", "exclude": "retweets", **asked}
        page = Page.of(self.client.posts("own", f"/2/users/{number}/tweets", parameters))
        budget.read_beside(self.account, page.cost, datetime.now(UTC))
        reader = Reader(self.account, number, name)
        read = [reader.read(post, page) for post in page.posts]
        return [post for post in read if isinstance(post, Incoming)], page.next

    def _receipt(self, number: str) -> Receipt:
        return Receipt(number, f"https://x.com/{handle(self.account)}/status/{number}")


def _halfway(number: int, count: int, error: Refused) -> Uncertain:
    return Uncertain(
        gettext_noop("{number} of the {count} posts of this reply are on X, then it refused: {why}"),
        number=number,
        count=count,
        why=str(error),
    )
