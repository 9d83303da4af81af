"""What the tests of the shell show: made-up conversations of a made-up city."""

from datetime import datetime, timedelta
from typing import Any

from django import forms


class GuideForm(forms.Form):
    name = forms.CharField(label="Nom du service", help_text="Tel que le lisent les habitantes et habitants.")
    email = forms.EmailField(label="Adresse électronique", required=False)
    zone = forms.ChoiceField(label="Fuseau horaire", choices=[("Europe/Paris", "Europe/Paris")])
    kind = forms.ChoiceField(
        label="Réponse", choices=[("answer", "Réponse"), ("holding", "Réponse d'attente")], widget=forms.RadioSelect
    )
    active = forms.BooleanField(label="En activité", required=False)


def guide(now: datetime) -> dict[str, Any]:
    """Rows, messages and a form with one error."""
    form = GuideForm({"name": "", "email": "voirie@valmont.example", "zone": "Europe/Paris", "kind": "answer"})
    rows = [
        (
            "Lucie Bernard",
            "facebook",
            -130,
            "On vient de perdre notre aide à domicile, la cinquième depuis janvier. Maman a 90 ans et on ne sait pas "
            "qui va la laver demain.",
            "Solidarités et santé",
            "assigned",
        ),
        (
            "@velo_valmont",
            "mastodon",
            38,
            "La piste cyclable du quai est barrée depuis trois semaines, sans panneau ni déviation. Jusqu'à quand ?",
            "Mobilités",
            "open",
        ),
        (
            "P. Quillet",
            "email",
            190,
            "Je recherche l'acte d'un enfant trouvé en 1871 sur les marches de l'ancien octroi.",
            "État civil",
            "awaiting",
        ),
        (
            "anonyme-au-nom-très-long-sans-aucune-espace-du-tout",
            "bluesky",
            1500,
            "Qui décide des horaires de la piscine ?",
            "Sports",
            "open",
        ),
        ("Nadia K.", "webform", 4300, "Merci pour les illuminations, les enfants étaient ravis.", "Culture", "open"),
        ("@JeanRale", "x", 9000, "L'eau du robinet : notes de chlore, longue en bouche. 12/20.", "", "open"),
    ]
    names = ("who", "channel", "due_at", "text", "department", "state")
    return {
        "form": form,
        "rows": [
            dict(zip(names, (who, ch, now + timedelta(minutes=due), *more), strict=True))
            for who, ch, due, *more in rows
        ],
        "past": now - timedelta(hours=3),
        "yesterday": now - timedelta(days=1, hours=2),
        "later": now + timedelta(days=3),
        "weeks": [("S 43", 41), ("S 44", 37), ("S 45", 52), ("S 46", 48), ("S 47", 63)],
    }
