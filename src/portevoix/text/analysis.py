"""Complete analysis of a message, without a city: language, kind, valence, urgency and topics."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from portevoix.text.labels.features import Texts
from portevoix.text.labels.passages import LIKELY, Mention, mentions
from portevoix.text.labels.predictor import Labeller, Suggestion
from portevoix.text.language import detect
from portevoix.text.urgency.detector import Urgency, urgencies


@dataclass(frozen=True, slots=True)
class Analysis:
    """Analysis of a message. `kind` and `valence` are None when unknown; `topics` are its passages, one or several."""

    lang: str
    kind: str | None
    valence: str | None
    urgency: Urgency
    topics: tuple[Mention, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "lang": self.lang,
            "kind": self.kind,
            "valence": self.valence,
            "urgency": {name: value for name, value in asdict(self.urgency).items() if name != "likely" or value},
            "topics": [topic.as_json() for topic in self.topics],
        }


def analyse(texts: Sequence[str], labellers: Mapping[str, Labeller], langs: Sequence[str]) -> list[Analysis]:
    """Return the analysis of each text.

    `labellers` are those of "department", "kind" and "valence"; `langs` are the languages to choose from.
    """
    texts = Texts.of(texts)
    departments, kinds, valences = (labellers[task].predict(texts) for task in ("department", "kind", "valence"))
    passages = mentions(texts, labellers["department"], labellers["valence"])
    return [
        Analysis(
            lang=detect(text, langs)[0],
            kind=kind[0].label,
            valence=valence[0].label,
            urgency=found,
            topics=tuple(several) or _whole_message(text, department, valence),
        )
        for text, department, kind, valence, found, several in zip(
            texts, departments, kinds, valences, urgencies(texts), passages, strict=True
        )
    ]


def _whole_message(text: str, departments: Sequence[Suggestion], valences: Sequence[Suggestion]) -> tuple[Mention, ...]:
    """Return the whole message as one mention of the likeliest department; () when it is empty or there is none."""
    department, valence = _likeliest(departments), _likeliest(valences)
    if not (department and department.label and valence and text.strip()):
        return ()
    valence_label = valence.label if valence.probability >= LIKELY else None
    return (Mention(0, len(text), department.label, department.probability, valence_label, valence.probability),)


def _likeliest(several: Sequence[Suggestion]) -> Suggestion | None:
    return next((one for one in several if one.label), None)
