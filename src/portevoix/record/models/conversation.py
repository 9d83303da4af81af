"""Conversations, their messages and their history."""

from django.db import models
from django.db.models import F, Q

from portevoix.kernel.messages import Addressed, Direction, ReplyKind, Visibility
from portevoix.kernel.states import MESSAGE_EVENTS, OPEN_STATES, EventType, State


def _choices(words: type) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


# An index whose condition compares with a value is of no use to the embedded database, which is not told the value
# before it chooses; "is null" it understands.
_QUEUED = Q(queue_at__isnull=False)
_NARROWING = ("state", "account", "department", "kind")


class Conversation(models.Model):
    """One exchange with one citizen. `kernel.history` derives state and times from its events.

    A conversation merged into another (`merged_into`, never itself a part) keeps its number, its thread and its facts;
    its messages and events move to the other.
    """

    account = models.ForeignKey("record.Account", models.PROTECT, related_name="conversations", db_index=False)
    thread = models.CharField(max_length=1000, blank=True)  # the network's own conversation id, or the root's id
    reference = models.CharField(max_length=16, unique=True)  # ours: what a plus-address carries
    author = models.ForeignKey("record.Author", models.PROTECT, null=True, related_name="conversations", db_index=False)
    subject = models.CharField(max_length=500, blank=True)
    about_url = models.URLField(max_length=2000, blank=True)
    about_title = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=_choices(State), default=State.OPEN)
    assignee = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="assigned", db_index=False)
    department = models.ForeignKey(
        "record.Department", models.SET_NULL, null=True, related_name="conversations", db_index=False
    )
    kind = models.CharField(max_length=32, blank=True)  # of the message that began it, as is the valence
    valence = models.CharField(max_length=16, blank=True)
    lang = models.CharField(max_length=64, blank=True)
    urgency = models.PositiveSmallIntegerField(default=0)
    suggestions = models.JSONField(default=dict)  # {"department": [{"label","probability","words"}…], "kind": …}
    addressed = models.CharField(max_length=8, choices=_choices(Addressed), default=Addressed.DIRECT)
    visibility = models.CharField(max_length=8, choices=_choices(Visibility), default=Visibility.PUBLIC)
    opened_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    # While it is open, due_at or the end of time when nothing is due: the inbox sorts by it, and is what has it.
    queue_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)  # the open promise
    inquiries_open = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)  # grows with every event
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts", db_index=False)
    erased_at = models.DateTimeField(null=True)  # emptied, and nobody is known any more whom it was with

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "thread"], name="thread_once", condition=~Q(thread="")),
            models.CheckConstraint(
                name="queued_while_open",
                condition=Q(queue_at__isnull=False, state__in=sorted(OPEN_STATES))
                | (Q(queue_at__isnull=True) & ~Q(state__in=sorted(OPEN_STATES))),
            ),
            # What is due has its place in the queue by that.
            models.CheckConstraint(
                name="conversation_stands",
                condition=Q(state__in=sorted(State))
                & (Q(due_at__isnull=True) | Q(queue_at__isnull=False, queue_at=F("due_at"))),
            ),
        ]
        indexes = [
            models.Index(fields=["queue_at", "id"], name="inbox", condition=_QUEUED),
            models.Index(
                fields=["queue_at", "id"], name="inbox_promised", condition=_QUEUED & Q(promised_at__isnull=False)
            ),
            *(
                models.Index(fields=[field, "queue_at", "id"], name=f"inbox_{field}", condition=_QUEUED)
                for field in _NARROWING
            ),
            models.Index(fields=["assignee", "queue_at", "id"], name="inbox_assignee", condition=_QUEUED),
            models.Index(fields=["urgency", "queue_at", "id"], name="inbox_urgency", condition=_QUEUED),
            models.Index(fields=["-last_message_at", "-id"], name="recent"),
            *(models.Index(fields=[field, "-last_message_at", "-id"], name=f"recent_{field}") for field in _NARROWING),
            models.Index(fields=["author", "-opened_at"], name="of_author"),
            models.Index(fields=["assignee"], name="assigned", condition=Q(assignee__isnull=False)),
            models.Index(fields=["merged_into"], name="parts", condition=Q(merged_into__isnull=False)),
            models.Index(
                fields=["last_message_at", "id"],
                name="to_be_emptied",
                condition=Q(state__in=sorted(set(State) - OPEN_STATES), erased_at=None),
            ),
        ]


class Message(models.Model):
    """A message in, a message out, or a note between colleagues."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages", db_index=False)
    account = models.ForeignKey("record.Account", models.PROTECT, related_name="messages", db_index=False)
    external_id = models.CharField(max_length=1000, null=True)  # None: a note, or a reply not sent yet
    direction = models.CharField(max_length=4, choices=_choices(Direction))
    author = models.ForeignKey("record.Author", models.PROTECT, null=True, related_name="messages")
    contact = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="messages", db_index=False)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    quoted = models.TextField(blank=True)  # earlier text and signature, folded away
    html = models.TextField(blank=True)  # cleaned on arrival
    search = models.TextField(blank=True)  # text, subject and names without accents or capitals
    sent_at = models.DateTimeField()
    offset = models.SmallIntegerField(default=0)  # of sent_at as the channel wrote it, minutes east of UTC
    received_at = models.DateTimeField()
    thread = models.CharField(max_length=500, blank=True)
    in_reply_to = models.CharField(max_length=1000, blank=True)
    references = models.JSONField(default=list)
    lang = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=4000, blank=True)
    media = models.JSONField(default=list)
    place = models.JSONField(null=True)
    about = models.JSONField(null=True)
    counts = models.JSONField(default=dict)
    labels = models.JSONField(default=dict)  # known to be true: it came with them, or a host decided
    # What it is by itself, whatever began the conversation: known or likely; "": nobody can tell, None: not read yet.
    kind = models.CharField(max_length=32, null=True, default="")
    valence = models.CharField(max_length=16, null=True, default="")
    addressed = models.CharField(max_length=8, choices=_choices(Addressed), default=Addressed.DIRECT)
    visibility = models.CharField(max_length=8, choices=_choices(Visibility), default=Visibility.PUBLIC)
    automatic = models.BooleanField(default=False)
    addressee = models.ForeignKey(  # whom a reply of the city goes to; None: everybody, or somebody who was erased
        "record.Author", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    dmarc = models.CharField(max_length=12, null=True)  # what the city's mail server found of the sender, if anything
    reply_kind = models.CharField(max_length=8, choices=_choices(ReplyKind), blank=True)
    promised_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    retracted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # emptied: at the person's wish, or because of its age

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="message_once"),
            # What a citizen wrote has the network's id; a note never has one, and is for colleagues only.
            models.CheckConstraint(
                name="message_stands",
                condition=~Q(external_id="")
                & (
                    Q(direction=Direction.IN, external_id__isnull=False, reply_kind="")
                    | Q(direction=Direction.OUT)
                    | Q(
                        direction=Direction.NOTE, external_id__isnull=True, reply_kind="", visibility=Visibility.PRIVATE
                    )
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "sent_at", "id"], name="message_thread"),
            models.Index(fields=["sent_at"], name="message_when"),
            models.Index(fields=["contact"], name="message_contact", condition=Q(contact__isnull=False)),
            models.Index(fields=["-id"], name="message_unlabelled", condition=Q(kind__isnull=True)),
            models.Index(fields=["addressee"], name="message_addressee", condition=Q(addressee__isnull=False)),
        ]


class Attachment(models.Model):
    """A file that came with a message, or a picture that goes out with one; `refused`: why its content is not kept."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=500)
    type = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content = models.BinaryField(null=True)
    refused = models.CharField(max_length=500, blank=True)
    alt = models.CharField(max_length=1000, null=True)  # what a picture of ours shows; None: it came in


class Event(models.Model):
    """An event of a conversation. Append-only: all measures derive from events.

    `strand`: the conversation in which it happened, where that was merged into this one; None: this one itself.
    `rule`: the rule that chose the department, as long as it exists; `data` has the rule as it was then.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="events", db_index=False)
    strand = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="+", db_index=False)
    what = models.CharField(max_length=12, choices=_choices(EventType))
    at = models.DateTimeField()
    # None: the machine
    contact = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    policy = models.ForeignKey("record.Policy", models.PROTECT, null=True, related_name="+", db_index=False)
    rule = models.ForeignKey("record.Rule", models.SET_NULL, null=True, related_name="+", db_index=False)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="history"),
            models.Index(fields=["contact"], name="event_contact", condition=Q(contact__isnull=False)),
            models.Index(fields=["rule", "at"], name="event_rule", condition=Q(rule__isnull=False)),
            models.Index(fields=["strand"], name="event_strand", condition=Q(strand__isnull=False)),
        ]
        constraints = [
            # A message is received, sent or noted once, however often it is edited afterwards.
            models.UniqueConstraint(fields=["message"], name="said_once", condition=Q(what__in=sorted(MESSAGE_EVENTS))),
            models.CheckConstraint(
                name="event_policy", condition=~Q(what=EventType.RECEIVED) | Q(policy__isnull=False)
            ),
        ]


class Inquiry(models.Model):
    """A question to a department, shared by one or many conversations, and what citizens may be told of the answer."""

    class Ruling(models.TextChoices):
        MAY_SAY = "may_say"
        NOT_BEFORE = "not_before"
        MAY_NOT_SAY = "may_not_say"

    department = models.ForeignKey("record.Department", models.PROTECT, related_name="inquiries")
    conversations = models.ManyToManyField(Conversation, related_name="inquiries")
    question = models.TextField()
    asked_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ruling = models.CharField(max_length=12, choices=Ruling.choices, blank=True)
    not_before = models.DateField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="inquiry_ruled", condition=Q(answered_at__isnull=True) | ~Q(ruling="")),
            models.CheckConstraint(
                name="inquiry_date", condition=~Q(ruling="not_before") | Q(not_before__isnull=False)
            ),
        ]


class Promise(models.Model):
    """A promise to answer by a date, made in a holding reply; `kernel.history` derives it from the events.

    `message` is the reply; `promised_at` is the date that counts. `strand` and `ordinal` are those of the fact of the
    wait in which it was made; `ordinal` 0: nobody was waiting.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="promises")
    strand = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    ordinal = models.PositiveSmallIntegerField()
    message = models.OneToOneField(Message, models.CASCADE, related_name="promise")
    made_at = models.DateTimeField()
    promised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["promised_at"], name="promise_when")]
