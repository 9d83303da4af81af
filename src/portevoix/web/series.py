"""The series of `/metrics` as a table, which the reference page uses too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of Prometheus. `kind` is gauge, counter or histogram."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


UP = Series("portevoix_database_up", "gauge", (), "1 when the database answers; else 0, and what it knows is left out.")
MISSING = Series("portevoix_migrations_missing", "gauge", (), "Migrations that the database has not seen yet.")
UNKNOWN = Series(
    "portevoix_migrations_unknown", "gauge", (), "Migrations of the database that only a newer version knows."
)
DISK = Series(
    "portevoix_disk_free_bytes",
    "gauge",
    (),
    "Free on the disk of PORTEVOIX_HOME, or of the embedded database where that has less.",
)
ENVELOPES = Series(
    "portevoix_envelopes", "gauge", ("state",), "Messages that came in and are not in the record (yet), by state."
)
STORED = Series(
    "portevoix_envelopes_stored_total", "counter", (), "Messages that came in so far, by the highest number given."
)
OLDEST_ENVELOPE = Series(
    "portevoix_envelope_oldest_seconds", "gauge", (), "How long the oldest message waits for a worker; 0: none does."
)
DELIVERIES = Series("portevoix_deliveries", "gauge", ("state",), "Replies that have not left or came back, by state.")
OLDEST_DELIVERY = Series(
    "portevoix_delivery_oldest_seconds", "gauge", (), "How long the oldest reply is due and has not left; 0: none is."
)
LETTERS = Series(
    "portevoix_letters", "gauge", ("state",), "Letters of the house that have not left or came back, by state."
)
OLDEST_LETTER = Series(
    "portevoix_letter_oldest_seconds", "gauge", (), "How long the oldest letter is due and has not left; 0: none is."
)
SUPPRESSED = Series("portevoix_addresses_suppressed", "gauge", (), "Addresses to which no letter goes any more.")
CONVERSATIONS = Series("portevoix_conversations_open", "gauge", (), "Conversations that a colleague has to deal with.")
LATE = Series("portevoix_conversations_late", "gauge", (), "Of these, those whose deadline has passed.")
ACCOUNTS = Series("portevoix_accounts", "gauge", ("channel", "state"), "Accounts in service, by channel and state.")
TROUBLED = Series("portevoix_accounts_troubled", "gauge", (), "Accounts in service whose last try failed.")
WORKERS = Series("portevoix_workers", "gauge", (), "Workers seen within the last minute.")
WORKER_SEEN = Series(
    "portevoix_worker_seen_timestamp_seconds", "gauge", (), "When a worker was last seen, in Unix time; 0: never."
)
MEANING_WAITING = Series(
    "portevoix_meaning_waiting",
    "gauge",
    (),
    "Messages in the record whose meaning is still to be read; 0: nobody reads.",
)
MEANING_TROUBLED = Series("portevoix_meaning_troubled", "gauge", (), "1 when the last try to read it failed; else 0.")
VECTORS = Series(
    "portevoix_meaning_vectors_total", "counter", (), "Vectors stored so far, by the highest number given."
)
REQUESTS = Series(
    "portevoix_request_seconds", "histogram", ("room", "status"), "Time to answer a request, by product and status."
)
REFUSED = Series(
    "portevoix_requests_refused_total",
    "counter",
    ("status",),
    "Requests refused before a page was asked: 408 too slow, 413 too large, 429 too many sign-ins, 503 too many.",
)

SERIES = (
    UP, MISSING, UNKNOWN, DISK, ENVELOPES, STORED, OLDEST_ENVELOPE, DELIVERIES, OLDEST_DELIVERY, LETTERS,
    OLDEST_LETTER, SUPPRESSED, CONVERSATIONS, LATE,
    ACCOUNTS, TROUBLED, WORKERS, WORKER_SEEN, MEANING_WAITING, MEANING_TROUBLED, VECTORS, REQUESTS,
    REFUSED,
)  # fmt: skip
