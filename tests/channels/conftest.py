"""What several tests of the channels start."""

from tests.servers.mail import mail

__all__ = ["mail"]
