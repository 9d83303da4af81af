"""Errors of connections to a server, turned into sentences that say what to do."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from socket import gaierror

from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.i18n import gettext_noop

TIMEOUT = 30.0
"""Seconds to wait for an answer of a server."""
LONGEST = 600.0
"""Seconds of a whole conversation with a mail server, however slowly it goes: a reply with many pictures needs some."""
_NOT_YET_VALID = 9
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID: more often than the certificate, the clock that it is read by is wrong."""


@contextmanager
def translate_errors(host: str, port: int) -> Iterator[None]:
    """Turns what a connection raises into Refused (a person must mend it) or TryLater (it may pass)."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        if error.verify_code == _NOT_YET_VALID:
            raise TryLater(
                gettext_noop("The certificate of {host} is not valid yet. See whether this machine’s clock is right."),
                host=host,
            ) from error
        raise Refused(
            gettext_noop("The certificate of {host} cannot be trusted: {why}."),
            pause=True,
            host=host,
            why=error.verify_message or str(error),
        ) from error
    except ssl.SSLError as error:
        raise Refused(
            gettext_noop("{host} does not speak TLS on port {port}: {why}. Check port and security."),
            pause=True,
            host=host,
            port=port,
            why=error.reason or str(error),
        ) from error
    except gaierror as error:
        raise TryLater(
            gettext_noop("The server {host} cannot be found. Check its name, and this machine's network."), host=host
        ) from error
    except ConnectionRefusedError as error:
        raise TryLater(
            gettext_noop("{host} refuses connections on port {port}. Check the port, or wait until it is up again."),
            host=host,
            port=port,
        ) from error
    except TimeoutError as error:
        raise TryLater(gettext_noop("{host} does not answer on port {port}."), host=host, port=port) from error
    except (OSError, EOFError) as error:
        raise TryLater(
            gettext_noop("The connection to {host} broke off: {why}."), host=host, why=str(error) or "—"
        ) from error
