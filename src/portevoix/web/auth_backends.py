"""Colleagues' accounts, loaded by prepared SQL: every request of theirs begins with one."""

from django.contrib.auth.backends import ModelBackend

from portevoix.record.db.prepared import fetch_row
from portevoix.record.queries.city import Contact

_CONTACT = "SELECT * FROM record_contact WHERE id = %s"


class Backend(ModelBackend):
    """Sign-in by e-mail and password; a dismissed colleague is not signed in."""

    def get_user(self, user_id: int) -> Contact | None:
        contact = fetch_row(Contact, _CONTACT, [user_id])
        return contact if contact is not None and self.user_can_authenticate(contact) else None
