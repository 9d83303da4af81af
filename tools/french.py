"""French words of the reference pages: those of `reference.fr.po` beside this file, else those of the program."""

from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

PROGRAM = Path(__file__).parent.parent / "src/portevoix/locale/fr/LC_MESSAGES/django.po"
REFERENCE = Path(__file__).with_name("reference.fr.po")
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
"""Says to other programs in what the catalogue is written."""


class French:
    """Translates what a page says, and remembers what it was asked for, and what it had no words for."""

    def __init__(self) -> None:
        self.program, self.reference = _texts(PROGRAM), _texts(REFERENCE)
        self.pages: dict[str, str] = {}
        """What the catalogue of the pages needs: each English text with its French, "" where there is none."""

    def __call__(self, text: str) -> str:
        french = self.reference.get(text) or self.program.get(text)
        if text not in self.program or self.reference.get(text):
            self.pages[text] = french or ""
        return french or text

    def if_any(self, text: str) -> str:
        """Return the French of what need not be translated, such as an example, or the text itself."""
        return self(text) if text in self.reference else text

    def lacking(self) -> list[str]:
        return [text for text, french in self.pages.items() if not french]

    def catalogue(self) -> str:
        """Return the catalogue of the pages: new texts come in, empty, and those that no page has any more go."""
        catalogue = Catalog(locale="fr", charset="utf-8")
        for text, french in self.pages.items():
            catalogue.add(text, french)
        file = BytesIO()
        write_po(file, catalogue, width=0, omit_header=True)
        return HEAD + file.getvalue().decode()

    def save(self) -> None:
        REFERENCE.write_text(self.catalogue(), encoding="utf-8")


def _texts(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    return {one.id: one.string for one in catalogue if isinstance(one.id, str) and one.id and not one.fuzzy}
