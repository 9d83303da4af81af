"""Service policies: read, reckoned with, written back, and tried on the pages of the settings."""

from datetime import UTC, datetime
from random import Random
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.policy import format_policy, parse_policy
from tests.conftest import POLICY
from tests.fuzz import nasty
from tests.fuzz.door import REFUSED, TAKEN, Fault
from tests.fuzz.house import check_reason, check_standing

NAMES = (
    "timezone", "first_contact", "substance", "hours", "holidays", "mon", "sun", "calendar", "closed", "open", "x",
    "",
)  # fmt: skip
VALUES = (
    '"Europe/Paris"', '"Europe"', '"../../etc/passwd"', '"/etc/localtime"', '"UTC\\u0000"', '"8h"', '"0h"',
    '"9999999h"', '"1s"', '"8 h"', "8", "1e400", "nan", "9" * 5000, "0x7fffffffffffffffff", "[]", "{}", "true",
    '["00:00-24:00"]', '["23:59:59-23:59:58"]', '["08:00-12:00", "11:00-13:00"]', '["24:00-25:00"]',
    '["٠٨:٠٠-١٢:٠٠"]', "0001-01-01", "9999-12-31", '["0001-01-01", "9999-12-31"]', "[1979-05-27T07:32:00Z]",
    '"FR-GES"', '"FR-57"', '"XX"', '"US-"', '"FR-\\u202e"', '"""a\nb"""', "'''x", "[[1, [2, [3]]]]", "[" * 3000,
    "{a=" * 500, '"\\ud800"', '"\\U0010ffff"', "08:30:00", "1979-05-27 07:32:00",
)  # fmt: skip
ZONES = (
    "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Etc/GMT+12", "Australia/Lord_Howe",
    "localtime",
)  # fmt: skip
INSTANTS = (
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(9998, 12, 1, tzinfo=UTC), datetime.now(UTC),
)  # fmt: skip
PAGE_EVERY = 8


class Policies:
    """The text of a policy, as TOML."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.thrown = 0

    @staticmethod
    def case(random: Random, number: int) -> str:
        lines = POLICY.splitlines()
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            at = random.randrange(len(lines))
            kind = random.randrange(5)
            if kind == 0:
                lines[at] = f"{lines[at].split('=')[0]} = {random.choice(VALUES)}"
            elif kind == 1:
                lines.insert(at, f"{random.choice(NAMES)} = {random.choice(VALUES)}")
            elif kind == 2:
                del lines[at]
                lines = lines or [""]
            elif kind == 3:
                lines[0] = f'timezone = "{random.choice(ZONES)}"'
            else:
                lines.insert(
                    at, random.choice((f"[{random.choice(NAMES)}]", f"[[{random.choice(NAMES)}]]", nasty.text(random)))
                )
        text = "\n".join(lines)
        if random.random() < 0.3:
            text = nasty.mangled(random, text.encode("utf-8", "replace")).decode("utf-8", "replace")
        return text.encode("utf-8", "replace").decode()  # as it comes from a file or a form

    def throw(self, case: str) -> str:
        self.thrown += 1
        if self.thrown % PAGE_EVERY == 0:
            self._page(case)
        try:
            policy = parse_policy(case)
        except BadPolicy as bad:
            check_reason({"text": bad.text, "values": bad.values})
            if bad.line is None or not 1 <= bad.line <= case.count("\n") + 1:
                raise Fault(f"it blames line {bad.line}") from bad
            return REFUSED
        if parse_policy(format_policy(policy)) != policy:
            raise Fault("written out it reads differently")
        clock = ServiceClock(policy)
        for instant in INSTANTS:
            try:
                due = clock.due_at(instant, policy.first_contact)
                if clock.service_seconds(instant, due) != policy.first_contact:
                    raise Fault(f"{instant}: due {due}, and that is another time of service")
            except BadInput as bad:
                check_reason({"text": bad.text, "values": bad.values})
        return TAKEN

    def _page(self, case: str) -> None:
        given = {"text": case, "moment": nasty.MOMENTS[self.thrown % len(nasty.MOMENTS)][:16]}
        given |= {"save": "1"} if self.thrown % 3 == 0 else {"preview": "1"}
        body = urlencode(given, errors="surrogatepass").encode()
        with transaction.atomic():
            response = self.browser.generic(
                "POST", "/settings/policy/toml/", body, content_type="application/x-www-form-urlencoded"
            )
            if response.status_code == 302 and self.browser.get("/settings/policy/").status_code != 200:
                raise Fault("the page of the hours does not open any more")
            transaction.set_rollback(True)
        if response.status_code >= 500:
            raise Fault(f"the page answers {response.status_code}")

    def look(self) -> None:
        check_standing(self.browser)
