"""E-mail: read from a mailbox over IMAP, sent through SMTP."""

from portevoix.channels.email.connector import EmailConnector
from portevoix.channels.email.parse import parse_mail
from portevoix.channels.email.settings import EmailSettings, SmtpSettings

__all__ = ["EmailConnector", "EmailSettings", "SmtpSettings", "parse_mail"]
