"""A made-up town whose citizens write of some things every week, and of a closed pool in the last one."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portevoix.journal.findings.contents import WeekMessage, WeekToRead

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
THINGS = {
    "voirie": [
        "nid-de-poule",
        "lampadaire",
        "trottoir",
        "passage-piéton",
        "panneau",
        "bordure",
        "feu",
        "pavé",
        "caniveau",
        "ralentisseur",
    ],
    "proprete": [
        "poubelle",
        "dépôt",
        "tag",
        "mégot",
        "corbeille",
        "encombrant",
        "composteur",
        "rat",
        "verre",
        "déjection",
    ],
    "sports": [
        "gymnase",
        "vestiaire",
        "ballon",
        "badminton",
        "stade",
        "tribune",
        "pétanque",
        "tatami",
        "basket",
        "gradin",
    ],
}
PLACES = [
    "boulangerie",
    "cimetière",
    "lycée",
    "gare",
    "pharmacie",
    "église",
    "crèche",
    "mairie",
    "marché",
    "pont",
    "caserne",
    "moulin",
]
STATES = [
    "abîmé",
    "cassé",
    "bloqué",
    "oublié",
    "dangereux",
    "superbe",
    "repeint",
    "glissant",
    "bruyant",
    "insuffisant",
    "neuf",
    "tordu",
    "vide",
    "mouillé",
    "sombre",
]
POOL = [
    "La piscine des Trois-Îles est fermée, quand rouvre-t-elle ?",
    "Porte close à la piscine des Trois-Îles ce matin, grève sans prévenir.",
    "Nous demandons le remboursement des abonnements de la piscine.",
    "Grève à la piscine : quand est-ce que ça rouvre ?",
    "Les leçons de natation de samedi à la piscine des Trois-Îles sont-elles maintenues ?",
    "Mon abonnement à la piscine sera-t-il remboursé pendant la grève ?",
    "Je soutiens les agents en grève de la piscine, trop peu nombreux au bord des bassins.",
    "Piscine fermée pour grève, mes enfants pleurent devant la porte.",
]


def usual_week(back: int, *, each: int = 4) -> list[WeekMessage]:
    """Messages of one week, `back` weeks before the last one; `each` of every department."""
    draw = random.Random(f"usual {back}")
    return [
        WeekMessage(
            id=f"w{back}-{department}-{n}",
            text=_sentence(draw, department),
            sent_at=MONDAY - timedelta(weeks=back) + timedelta(hours=draw.randrange(160)),
            author=f"a{draw.randrange(400)}",
            channel=draw.choice(["email", "x"]),
            department=department,
            kind="report",
            valence=draw.choice(["wrong", "neutral", "well"]),
        )
        for department in THINGS
        for n in range(each)
    ]


def _sentence(draw: random.Random, department: str) -> str:
    thing, state, place = draw.choice(THINGS[department]), draw.choice(STATES), draw.choice(PLACES)
    words = [thing, "devant", place, state, draw.choice(["depuis", "encore", "pour"]), str(draw.randrange(2, 99))]
    ending = " ".join(draw.sample(ENDINGS, 2))
    return f"{draw.choice(['Un', 'Le', 'Ce'])} {' '.join(words)} {ending}."


ENDINGS = [
    "musique",
    "vélo",
    "hiver",
    "nuit",
    "patience",
    "voisin",
    "photo",
    "cuillère",
    "camion",
    "chien",
    "travaux",
    "semelle",
    "lettre",
    "facture",
    "sourire",
    "colère",
]


def pool(
    texts: Sequence[str] = tuple(POOL), *, author: str = "swimmer", department: str = "sports"
) -> list[WeekMessage]:
    """Messages of different people about the closed pool; of one person where the author's name ends with a “!”."""
    return [
        WeekMessage(
            id=f"p{n}",
            text=text,
            sent_at=MONDAY + timedelta(days=1, hours=9 + 3 * n),
            author=author if author.endswith("!") else f"{author}{n}",
            channel="x",
            department=department,
            kind="complaint",
            valence="wrong",
            district=f"quartier {n % 3}",
            answered=n % 2 == 0,
        )
        for n, text in enumerate(texts)
    ]


def week(more: Sequence[WeekMessage] = (), *, past: int = 8) -> WeekToRead:
    return WeekToRead("2026-W23", [*usual_week(0), *more], [usual_week(back) for back in range(1, past + 1)])


def shuffle(given: WeekToRead, seed: int) -> WeekToRead:
    draw = random.Random(seed)
    return replace(
        given,
        messages=draw.sample(list(given.messages), len(given.messages)),
        past=[draw.sample(list(some), len(some)) for some in given.past],
    )
