"""Brings the catalogues up to date with the code (needs the gettext tools), and says what is not translated."""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("PORTEVOIX_HOME", tempfile.mkdtemp(prefix="portevoix-messages-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "portevoix.config.settings"

import django
from babel.messages import Message
from babel.messages.pofile import read_po
from django.core.management import call_command

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "portevoix"
CATALOGUE = "locale/fr/LC_MESSAGES/django.po"


def collect(package: Path) -> None:
    """Writes the messages of the code into the package's catalogue; what was translated stays."""
    django.setup()
    os.chdir(package)
    call_command(
        "makemessages", locale=["fr"], no_location=True, no_wrap=True, no_obsolete=True, extensions=["html", "py"],
        ignore_patterns=["cli/*"], verbosity=0,
    )  # fmt: skip


def missing(package: Path) -> list[str]:
    """Messages that the French catalogue does not translate, or only by guess."""
    with (package / CATALOGUE).open("rb") as file:
        catalogue = read_po(file, locale="fr")
    return [str(m.id) for m in catalogue if m.id and (m.fuzzy or not all(strings(m)))]


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def main() -> int:
    collect(PACKAGE)
    lacking = missing(PACKAGE)
    print("\n".join(lacking) or "The French catalogue is complete.")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
