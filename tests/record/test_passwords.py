"""Which passwords are refused, and that those a person can remember are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.kernel.errors import BadInput
from portevoix.record.operations import city as operations
from portevoix.record.passwords import LEAST_SCORE, score

WEAK = (
    " " * 8, "\u00a0" * 20, "\t \n" * 5, "soleil123", "helene2024", "Helene.Roussel", "valmont-sur-loire",
    "ValmontSurLoire1", "valmont2026", "mairie2026", "motdepasse1", "azerty123", "AZERTYUIOP", "Bienvenue1",
    "doudou59", "bonjour2025", "espacesverts1", "p@ssw0rd!", "marseille13", "aaaaaaaaaaaa", "12345678901", "\u0301" * 9,
)  # fmt: skip
GOOD = (
    "gabare-tuile-heron",
    "vélo nuage 38 tiroir",
    "Le facteur passe à 11 heures",
    "h7#Rw2pLq9Zt",
    "lasagne-brouette",
)


@pytest.fixture
def valmont(city, administrator):
    operations.change_city(
        name="Valmont-sur-Loire", timezone="Europe/Paris", language="fr", languages=["fr"], accent="#1f5673", site="",
        by=administrator,
    )  # fmt: skip
    operations.save_department(slug="espaces-verts", name="Espaces verts", by=None)


def save(password: str):
    return operations.save_contact(
        email="helene.roussel@valmont.example", name="Hélène Roussel", role="host", password=password, by=None
    )


@pytest.mark.parametrize("password", WEAK)
def test_what_anybody_would_try_first_is_refused(valmont, password) -> None:
    with pytest.raises(BadInput):
        save(password)


@pytest.mark.parametrize("password", GOOD)
def test_what_only_its_owner_would_write_is_taken(valmont, password) -> None:
    assert save(password).check_password(password)


@pytest.mark.parametrize("mine", ["m.lefranc-duval", "Lefranc Duval", "lefrancduval", "direction-generale"])
def test_what_is_known_of_a_colleague_counts_for_nothing(valmont, mine) -> None:
    with pytest.raises(BadInput):
        operations.save_contact(
            email="m.lefranc-duval@direction-generale.example", name="Maëlle Lefranc Duval", role="host",
            password=f"{mine}1", by=None,
        )  # fmt: skip


@given(st.text(alphabet=" \t\n\u00a0\u2003\u3000", max_size=300))
def test_blanks_are_no_password_however_many(blanks: str) -> None:
    assert score(blanks, []) < LEAST_SCORE


@given(st.text(max_size=3000))
def test_whatever_is_typed_is_looked_at(password: str) -> None:
    assert 0 <= score(password, ["ville"]) <= 4
