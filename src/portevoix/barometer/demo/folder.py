"""Writes the demonstration as a study's folder, as a person would have made it by hand."""

import csv
import gzip
from collections.abc import Iterable, Sequence
from datetime import timedelta
from html import escape
from pathlib import Path

from portevoix.barometer.demo.invented import InventedCity, cities
from portevoix.barometer.demo.simulate import FIRST_DAY, LAST_DAY, FedArticle, Simulation
from portevoix.barometer.studies.model import ACCOUNTS, AUDIENCE, CITIES, COMMENTS, SETTINGS, SURVEY
from portevoix.barometer.studies.news_feed import FOLDER as FEEDS
from portevoix.kernel.interchange import write_line

MESSAGES = "messages.jsonl.gz"
_STUDY = f"""# A study of cities that do not exist: `simulated` prints that word on every picture and file.
title = "Baromètre de démonstration"
period = ["{FIRST_DAY}", "{LAST_DAY}"]
networks = ["mastodon", "bluesky"]
timezone = "Europe/Paris"
languages = ["fr"]
simulated = true
"""
_COMMENTS = (
    (
        "CAS09",
        "La direction de la communication",
        "Nos réponses renvoient au service compétent, qui répond par courrier : ces courriers ne sont pas comptés ici.",
    ),
    ("LOR07", "Le cabinet du maire", "Le message d’accueil est automatique depuis septembre ; il sera réécrit."),
)


def write_study(directory: Path, *, seed: int) -> Path:
    """Fill a new folder and return the file of its messages."""
    directory.mkdir(parents=True)
    (directory / SETTINGS).write_text(f"{_STUDY}seed = {seed}\n", encoding="utf-8")
    all_cities = cities()
    _table(directory / CITIES, "code,name,population,agglomeration,lat,lon", map(_city, all_cities))
    _table(
        directory / ACCOUNTS,
        "city,network,handle,scope,evidence_url,evidence_date,since,until",
        (row for city in all_cities for row in _accounts(city)),
    )
    _table(
        directory / AUDIENCE,
        "city,network,handle,date,followers,following",
        (row for city in all_cities for row in _followers(city)),
    )
    _table(directory / SURVEY, "city,question,value,evidence", map(_community_manager, all_cities))
    when = (LAST_DAY + timedelta(days=3)).isoformat()
    _table(directory / COMMENTS, "city,date,author,text", ((code, when, who, text) for code, who, text in _COMMENTS))
    (directory / FEEDS).mkdir()
    with gzip.GzipFile(directory / MESSAGES, "wb", mtime=0) as archive:
        for city in all_cities:
            simulation = Simulation(city, seed)
            lines = sorted(simulation.messages(), key=lambda message: message.sent_at)
            archive.write("".join(f"{write_line(message)}\n" for message in lines).encode())
            if simulation.articles:
                (directory / FEEDS / f"{city.code}.xml").write_text(_feed(city, simulation.articles), encoding="utf-8")
    return directory / MESSAGES


def _city(city: InventedCity) -> Sequence[object]:
    return city.code, city.name, city.population, city.agglomeration, city.lat, city.lon


def _accounts(city: InventedCity) -> Iterable[Sequence[object]]:
    page = f"https://www.{city.handle}.example/reseaux-sociaux"
    for network in city.character.networks:
        yield city.code, network, city.account(network), "city", page, "2026-08-24", "", ""


def _followers(city: InventedCity) -> Iterable[Sequence[object]]:
    networks = city.character.networks
    for network in networks:
        yield (
            city.code,
            network,
            city.account(network),
            LAST_DAY,
            city.followers // len(networks),
            120 + len(city.name) * 31,
        )


def _community_manager(city: InventedCity) -> Sequence[object]:
    has_manager = city.kind in ("attentive", "swift", "conniving", "cold")
    return city.code, "community_manager", "yes" if has_manager else "no", "Réponse de la ville, 2 septembre 2026"


def _feed(city: InventedCity, articles: Iterable[FedArticle]) -> str:
    """Return an RSS 2.0 file."""
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.url}</link>"
        f"<pubDate>{one.published:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>\n"
        for one in articles
    )
    head = f"<title>{escape(city.name)}</title><link>https://www.{city.handle}.example/</link>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{head}\n{items}</channel></rss>\n'


def _table(file: Path, head: str, rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head.split(","))
        writer.writerows(rows)
