"""Brings the catalogues up to date with the code (needs the gettext tools), and says what is not translated."""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("PORTEVOIX_HOME", tempfile.mkdtemp(prefix="portevoix-messages-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "portevoix.config.settings"

import django
from babel.messages.pofile import read_po
from django.core.management import call_command

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "portevoix"


def main() -> int:
    django.setup()
    os.chdir(PACKAGE)
    call_command(
        "makemessages", locale=["fr"], no_location=True, no_wrap=True, no_obsolete=True, extensions=["html", "py", "txt"],
        ignore_patterns=["cli/*"], verbosity=0,
    )  # fmt: skip
    return 1 if missing() else 0


def missing() -> list[str]:
    """Messages that the French catalogue does not translate, or only by guess."""
    with (PACKAGE / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    return [str(m.id) for m in catalogue if m.id and (m.fuzzy or not all(_strings(m)))]


def _strings(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


if __name__ == "__main__":
    status = main()
    print("\n".join(missing()[:20]) or "The French catalogue is complete.")
    sys.exit(status)
