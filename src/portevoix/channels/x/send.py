"""Sending a reply or a post, as several posts when it is long. X has no key by which a send could be repeated.

Instead, the account's own posts since the answered one are searched, and X refuses the same text twice.
"""

import base64
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels.base import Pictures
from portevoix.channels.http_answers import Rejected
from portevoix.channels.x import budget
from portevoix.channels.x.client import Client, as_mapping
from portevoix.channels.x.parse import Page, Reader, post_id
from portevoix.channels.x.post_length import essence, posts
from portevoix.channels.x.receive import MOST_SHOWN, identify_account
from portevoix.channels.x.settings import XSettings, handle
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
        """Write the posts that are missing: an interrupted thread is continued.

        Raise Refused, with what to do, for what X does not take; TryLater when the month's posts are used up.
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
        post_ids = self._find_parts(message, texts) if len(texts) > 1 else []
        budget.check_write_budget(
            self.account, self.settings.most_written, len(texts) - len(post_ids), datetime.now(UTC)
        )
        media_ids = () if post_ids else tuple(self._upload(picture) for picture in message.media)
        for number, text in enumerate(texts[len(post_ids) :], start=len(post_ids)):
            try:
                above = post_ids[-1] if post_ids else message.in_reply_to
                post_ids.append(self._write(message, text, above, () if number else media_ids))
            except Refused as error:
                if number and not error.pause:
                    raise _halfway(number, len(texts), error) from error
                raise
        return self._receipt(post_ids[0])

    def find(self, message: Outgoing) -> Receipt | None:
        """Return the receipt; None when a part is missing, which `send` writes: the account's posts since the answered
        one were then read in full, twice.
        """
        if message.in_reply_to and not post_id(message.in_reply_to):
            return None  # `send` refuses it
        texts = posts(message.text)
        post_ids = self._find_parts(message, texts)
        if len(post_ids) < len(texts):
            time.sleep(SETTLING)
            post_ids = self._find_parts(message, texts)
        return self._receipt(post_ids[0]) if len(post_ids) == len(texts) else None

    def delete(self, message: Outgoing, external_id: str) -> None:
        """Delete all its posts, the last one first, so that an interrupted deletion leaves the beginning."""
        texts = posts(message.text)
        post_ids = self._find_parts(message, texts) if len(texts) > 1 else []
        for number in reversed(post_ids or [external_id]):
            self.client.delete(f"/2/tweets/{number}")

    def _upload(self, picture: Attachment) -> str:
        """Upload a picture with its description, and return its id; X keeps it for a day until a post shows it."""
        kind = "tweet_gif" if picture.type == "image/gif" else "tweet_image"
        body = {"media": base64.b64encode(picture.content).decode(), "media_category": kind}
        number = post_id(as_mapping(self.client.upload("/2/media/upload", body).get("data")).get("id"))
        if not number:
            raise TryLater(gettext_noop("What the network answers cannot be read."))
        self.client.upload("/2/media/metadata", {"id": number, "metadata": {"alt_text": {"text": picture.alt}}})
        return number

    def _write(self, message: Outgoing, text: str, above: str, media_ids: Sequence[str]) -> str:
        """Write a post and return its id."""
        body: dict[str, Any] = {"text": text, **({"reply": {"in_reply_to_tweet_id": above}} if above else {})}
        if media_ids:
            body["media"] = {"media_ids": list(media_ids)}
        try:
            answer = self.client.post("/2/tweets", body)
        except Rejected as error:
            return self._handle_refusal(message, text, above, error)
        number = post_id(as_mapping(answer.get("data")).get("id"))
        if not number:
            raise Uncertain(gettext_noop("X answered without saying which post it made."))
        budget.count_written_post(self.account, datetime.now(UTC))
        return number

    def _handle_refusal(self, message: Outgoing, text: str, above: str, error: Rejected) -> str:
        reason = str(error).lower()
        if error.status == 403 and error.values.get("told") == "—":  # it may be the refusal of the same text
            raise Uncertain(gettext_noop("X refuses without a reason that can be read.")) from error
        if error.status == 403 and "duplicate" in reason:
            return self._find_duplicate(message, text, above)
        if error.status == 403 and ("mentioned" in reason or "reply to this conversation" in reason):
            raise Refused(
                gettext_noop(
                    "X lets an application reply only to who mentioned {account} or quoted one of its posts, and this"
                    " author did neither. Answer on x.com, by hand."
                ),
                account=self.account,
            ) from error
        if error.status in (403, 404) and ("deleted" in reason or "not visible" in reason or error.status == 404):
            raise Refused(gettext_noop("The post that this answers is deleted, or not shown to the city.")) from error
        raise error

    def _find_duplicate(self, message: Outgoing, text: str, above: str) -> str:
        """Return the id of this reply, if it is the text that X has already. Raise Refused or Uncertain otherwise."""
        own_posts = [*self._own(message), *self._page({})[0]]
        same = [post for post in own_posts if essence(post.text) == essence(text)]
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

    def _find_parts(self, message: Outgoing, texts: Sequence[str]) -> list[str]:
        """Return the ids of the posts of this reply that are on X, from the first one on."""
        post_ids: list[str] = []
        own_posts = sorted(self._own(message), key=lambda post: int(post.external_id))
        for text in texts:
            above = post_ids[-1] if post_ids else message.in_reply_to
            matches = (post for post in own_posts if post.in_reply_to == above and essence(post.text) == essence(text))
            following = next(matches, None)
            if following is None:
                break
            post_ids.append(following.external_id)
        return post_ids

    def _own(self, message: Outgoing) -> list[Incoming]:
        """Return the account's posts since the answered one. Raise Uncertain when X does not show all of them."""
        if message.in_reply_to:
            parameters = {"since_id": message.in_reply_to}
        else:
            parameters = {"start_time": (message.sent_at - _ALLOWANCE).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        own_posts: list[Incoming] = []
        for _ in range(MOST_SHOWN["own"] // 100):
            page_posts, following = self._page(parameters)
            own_posts += page_posts
            if not following:
                return own_posts
            parameters["pagination_token"] = following
        raise Uncertain(gettext_noop("The account has written more than X shows: whether this was sent, see there."))

    def _page(self, filters: Mapping[str, str]) -> tuple[list[Incoming], str]:
        """Return a hundred of the account's own posts, the newest first, and the token of the next hundred."""
        if not self._me:
            self._me = identify_account(self.client, self.account)
        number, name = self._me
        parameters = {"max_results": "100", "exclude": "retweets", **filters}
        page = Page.of(self.client.posts("own", f"/2/users/{number}/tweets", parameters))
        budget.count_extra_reads(self.account, page.cost, datetime.now(UTC))
        reader = Reader(self.account, number, name)
        items = [reader.read(post, page) for post in page.posts]
        return [post for post in items if isinstance(post, Incoming)], page.next

    def _receipt(self, number: str) -> Receipt:
        return Receipt(number, f"https://x.com/{handle(self.account)}/status/{number}")


def _halfway(number: int, count: int, error: Refused) -> Uncertain:
    return Uncertain(
        gettext_noop("{number} of the {count} posts of this reply are on X, then it refused: {why}"),
        number=number,
        count=count,
        why=str(error),
    )
