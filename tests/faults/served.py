"""The server: two hosts reply to one citizen at the same moment, a citizen posts the form; it dies while they do.

Whoever gets no answer sends the same form again, as a browser does when its page is loaded anew.
"""

import os
import secrets
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import requests
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from django.utils import timezone

from portevoix.channels import proof_of_work
from portevoix.config.wsgi import application
from portevoix.desk.models import Draft
from portevoix.exchange.inbound import enrich, poller, webform
from portevoix.record import event_log
from portevoix.record.models import Contact, Conversation, Delivery, Event, Message
from portevoix.record.operations import envelopes
from tests.faults.envelopes import ended, questions
from tests.faults.figures import Figures
from tests.faults.given import HOSTS, PASSWORD, SECRET
from tests.faults.lives import BY_CLOCK, Life, Lives
from tests.faults.points import points
from tests.public.conftest import solved
from tests.servers.ports import free_port

STOCK = 50
"""Conversations that are taken in at once, to be replied to one after the other."""
PATIENCE = 30.0


class Post:
    """A form, and the browser that sends it until it gets an answer."""

    def __init__(self, browser: requests.Session, where: str, **typed: Any) -> None:
        self.browser, self.where, self.typed = browser, where, typed
        self.answer: requests.Response | None = None

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.go)
        thread.start()
        return thread

    def go(self) -> None:
        token = {"csrfmiddlewaretoken": self.browser.cookies.get("csrftoken", "")}
        with suppress(requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            self.answer = self.browser.post(
                self.where, data=token | self.typed, allow_redirects=False, timeout=PATIENCE
            )


class Server:
    """The pages, served by one process after the other on one port."""

    def __init__(self, lives: Lives) -> None:
        self.lives = lives
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.life: Life | None = None
        self.places = 0  # that one round passes
        self.look = lambda: None  # what is looked at when it has died, before anybody sends again

    def start(self) -> None:
        """Returns when it listens."""
        told, tell = os.pipe()
        self.life = self.lives.start(lambda: self._serve(tell), within=self.places * 3 // 2)
        os.close(tell)
        assert os.read(told, 1), "the server did not start"
        os.close(told)

    def _serve(self, tell: int) -> None:
        server = ThreadedWSGIServer(("127.0.0.1", self.port), WSGIRequestHandler)
        server.daemon_threads = True
        server.set_app(application)
        os.write(tell, b"!")
        server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        if self.life:
            self.life.kill()
            self.life.ended()
            self.life = None

    def together(self, *posts: Post) -> None:
        """All at the same moment; those that get no answer go again, once the server is back."""
        waiting = list(posts)
        while waiting:
            if self.life is None:
                self.start()
            self._at_once(waiting)
            waiting = [one for one in waiting if one.answer is None]
            if waiting and self.life:
                self.lives.over(self.life, whole=self.life.ended())
                self.life = None
                self.look()
        for one in posts:
            assert one.answer is not None and one.answer.status_code < 500, f"{one.where}: {one.answer}"

    def _at_once(self, waiting: list[Post]) -> None:
        """A process with threads is not forked: all of them have ended when this returns."""
        threads = [one.start() for one in waiting]
        if self.life and self.places and self.lives.random.random() < BY_CLOCK:
            time.sleep(self.lives.random.uniform(0, 0.3))
            self.life.kill()
        for thread in threads:
            thread.join()

    def measured(self, round: Any) -> None:
        """Runs one round in peace, to know how many places it passes."""
        self.stop()
        self.places = 0
        self.start()
        before = points.passed()
        round()
        self.places = points.passed() - before
        self.stop()


class Served:
    """A door whose rounds are posts to the server."""

    pages: tuple[str, ...] = ()
    """What this process shows once, so that those that it becomes have all that they need in memory."""

    def __init__(self, lives: Lives) -> None:
        self.server = Server(lives)
        self.chance = lives.random
        self.number = 0
        browser = Client(headers={"host": "localhost"})
        browser.force_login(Contact.objects.get(name=HOSTS[0]))
        for page in self.pages:
            assert browser.get(page).status_code < 400, page

    def round(self) -> Figures:
        raise NotImplementedError

    def run(self, kills: int) -> Figures:
        figures = Figures()
        self.server.measured(self.round)
        while self.server.lives.kills < kills:
            figures += self.round()
        self.server.stop()
        return figures


class Replies(Served):
    """Two hosts reply to one question at the same moment, one of them twice now and then; a third thing is done too."""

    def __init__(self, lives: Lives) -> None:
        self.stock: list[int] = []
        self.number, self.chance = 0, lives.random
        self.pages = ("/sign-in/", f"/inbox/{self._asked()}/")
        super().__init__(lives)
        self.server.start()
        self.browsers = {name: self._sign_in(name) for name in HOSTS}
        self.server.look = _check_drafts

    def _sign_in(self, name: str) -> requests.Session:
        browser = requests.Session()
        browser.get(f"{self.server.address}/sign-in/", timeout=PATIENCE)
        data = {"email": f"{name.lower()}@testville.example", "password": PASSWORD}
        data["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        answer = browser.post(f"{self.server.address}/sign-in/", data=data, allow_redirects=False, timeout=PATIENCE)
        assert answer.status_code == 302, answer.text[:500]
        return browser

    def round(self) -> Figures:
        self.number += 1
        pk = self._asked()
        seen = Conversation.objects.get(pk=pk).version
        where = f"{self.server.address}/inbox/{pk}/"
        texts = {name: f"Réponse {self.number} de {name}." for name in HOSTS}
        posts = {
            name: Post(self.browsers[name], f"{where}reply/", text=texts[name], reply="answer", seen=seen)
            for name in HOSTS
        }
        more = []
        if self.chance.random() < 0.3:  # an impatient second click
            more.append(Post(self.browsers[HOSTS[0]], f"{where}reply/", **posts[HOSTS[0]].typed))
        routed = self.chance.random() < 0.5
        if routed:
            more.append(Post(self.browsers[HOSTS[1]], f"{where}route/", department="voirie"))
        self.server.together(*posts.values(), *more)
        assert not routed or Conversation.objects.get(pk=pk).department.slug == "voirie", "an update is lost"
        return self._told(pk, texts, posts)

    def _asked(self) -> int:
        if not self.stock:
            Draft.objects.all().delete()  # of those who were told that somebody was faster
            asked = questions(f"q{self.number}", STOCK)
            for _ in poller.take_messages(asked, now=datetime.now(UTC)):
                pass
            rows = Conversation.objects.filter(messages__external_id__in=[m.external_id for m in asked])
            self.stock = list(rows.values_list("pk", flat=True).distinct())
        return self.stock.pop()

    def _told(self, pk: int, texts: dict[str, str], posts: dict[str, Post]) -> Figures:
        row = Conversation.objects.get(pk=pk)
        replies = list(row.messages.filter(direction="out", contact__isnull=False))
        deliveries = Delivery.objects.filter(message__conversation=row).count()
        events = Event.objects.filter(conversation=row, what="answered", contact__isnull=False).count()
        _check_projected(row)
        won = [name for name, one in posts.items() if one.answer.status_code == 303]
        kept = dict.fromkeys(HOSTS, "") | dict(
            Draft.objects.filter(conversation=pk).values_list("contact__name", "text")
        )
        whole = len(replies) == deliveries == events == len(won) == 1 and replies[0].text == texts[won[0]]
        # The words of the one who was told are kept; those that were sent do not stand there as if they were not.
        whole = whole and all(kept[name] == ("" if name in won else texts[name]) for name in HOSTS)
        twice = max(len(replies), deliveries, events, 1) - 1
        return Figures(given=1, done=int(whole), lost=int(not whole and not twice), twice=twice)


def _check_drafts() -> None:
    """No reply that was written stands in a composer as if it were still to be sent."""
    for draft in Draft.objects.all():
        sent = Message.objects.filter(conversation=draft.conversation_id, contact=draft.contact_id, text=draft.text)
        assert not sent.exists(), f"the draft of a reply that was sent is still there: {draft.text}"


def _check_projected(row: Conversation) -> None:
    """What is stored of it is what its events come to: no update was lost."""
    stored = {name: getattr(row, name) for name in ("state", "due_at", "queue_at", "promised_at", "version")}
    assert row.version == row.events.count(), f"version {row.version}, {row.events.count()} events"
    event_log.reproject([row])
    again = {name: getattr(row, name) for name in stored}
    assert stored == again, f"{stored} is stored, the events say {again}"


class Forms(Served):
    """A citizen sends the form, twice at once now and then; whoever posts it is told that it was taken."""

    pages = ("/form/",)

    def __init__(self, lives: Lives) -> None:
        super().__init__(lives)
        proof_of_work.COST = 1
        webform.MOST = 1_000_000

    def round(self) -> Figures:
        self.number += 1
        token = secrets.token_urlsafe(16)
        typed = {
            "message": f"Ma rue est dans le noir ({self.number}).",
            "email": f"citizen-{self.number}@example.org",
            "form_token": token,
            "altcha": solved(proof_of_work.new_challenge(SECRET, timezone.now())),
        }
        clicks = 2 if self.chance.random() < 0.5 else 1
        posts = [Post(requests.Session(), f"{self.server.address}/form/", **typed) for _ in range(clicks)]
        self.server.together(*posts)
        assert all(one.answer.status_code == 302 for one in posts), [one.answer.text[:2000] for one in posts]
        now = timezone.now()  # a form waits for a worker; what died on the way is leased until its time is over
        enrich.enrich_envelopes(envelopes.claim(now=now + envelopes.LEASE), now=now)
        return ended({(token, 0)})
