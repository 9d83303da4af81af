"""Folders of studies to try things on."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from portevoix.barometer.studies.loader import Study, read_study
from portevoix.kernel.messages import Direction, Incoming, Writer

TODAY = date(2026, 11, 26)
SETTINGS = 'title = "Two towns"\nperiod = ["2026-09-07", "2026-11-22"]\nnetworks = ["bluesky", "mastodon", "x"]\n'
CITIES = "code,name,population,agglomeration\n01053,Bourg,41000,Bassin\n21231,Dijon,161830,Métropole\n"
ACCOUNTS = (
    "city,network,handle,scope,evidence_url,evidence_date,since,until\n"
    "01053,bluesky,bourg.test,city,https://bourg.test/contact,2026-09-01,,\n"
    "21231,mastodon,@dijon@social.test,city,https://dijon.test/contact,2026-09-01,,\n"
)


def folder(place: Path, **files: str | bytes) -> Path:
    """A study without a fault; `files` replace its own, by their names without the ending."""
    texts: Mapping[str, str | bytes] = {"study": SETTINGS, "cities": CITIES, "accounts": ACCOUNTS, **files}
    place.mkdir(exist_ok=True)
    for name, content in texts.items():
        path = place / (f"{name}.toml" if name in ("study", "policy") else f"{name}.csv")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


def study(place: Path, **files: str | bytes) -> Study:
    return read_study(folder(place, **files), today=TODAY)


def running(place: Path, accounts: str, networks: str = "bluesky") -> Study:
    """A study of now, of these accounts of one city: `network,handle` a line."""
    today = datetime.now(UTC).date()
    period = f'period = ["{today - timedelta(days=10)}", "{today + timedelta(days=1)}"]'
    rows = "".join(f"01053,{line}\n" for line in accounts.splitlines())
    return read_study(
        folder(
            place,
            study=f'title = "Now"\n{period}\nnetworks = ["{networks}"]\n',
            accounts=f"city,network,handle\n{rows}",
        )
    )


def said(name: str, *, at: datetime, out: bool = False, to: str = "", **more: object) -> Incoming:
    """A message on Bluesky to or by the town of Bourg."""
    return Incoming(
        channel="bluesky",
        account="bourg.test",
        external_id=name,
        direction=Direction.OUT if out else Direction.IN,
        author=Writer("did:plc:bourg", "bourg.test") if out else Writer("did:plc:ana", "ana.test", "Ana"),
        sent_at=at,
        text=f"text of {name}",
        in_reply_to=to,
        **more,  # type: ignore[arg-type]
    )
