"""Operations on the record, one verb a file.

Arguments are keyword-only, `now` is passed in. Each checks permissions and the transition, and writes rows and one
event in one transaction.
"""

from portevoix.record.operations.assign import assign, release
from portevoix.record.operations.close import close
from portevoix.record.operations.erase import erase
from portevoix.record.operations.inquire import inform, inquire
from portevoix.record.operations.label import label
from portevoix.record.operations.merge import merge
from portevoix.record.operations.note import note
from portevoix.record.operations.publish import publish
from portevoix.record.operations.receive import Labelled, receive
from portevoix.record.operations.refuse import refuse
from portevoix.record.operations.reopen import reopen
from portevoix.record.operations.reply import answer, hold
from portevoix.record.operations.route import route
from portevoix.record.operations.withdraw import withdraw

__all__ = [
    "Labelled",
    "answer",
    "assign",
    "close",
    "erase",
    "hold",
    "inform",
    "inquire",
    "label",
    "merge",
    "note",
    "publish",
    "receive",
    "refuse",
    "release",
    "reopen",
    "route",
    "withdraw",
]
