"""The units under a real systemd, installed as docs/en/how-to/operate.md says: they start, come back, back up, stop."""

from collections.abc import Iterator

import pytest

from tests.operate.test_units import UNITS
from tests.servers.living import soon
from tests.servers.machine import Machine, machine, missing
from tests.servers.program import PORTEVOIX

pytestmark = [pytest.mark.servers, pytest.mark.skipif(bool(missing()), reason=missing())]
# The program of this checkout in the place of an installation; all else is what the how-to says.
INSTALL = f"""
mkdir -p /opt/portevoix/bin
printf '#!/bin/sh\\nexec {PORTEVOIX} "$@"\\n' > /opt/portevoix/bin/portevoix
chmod 755 /opt/portevoix/bin/portevoix
cd {UNITS}
install -Dm 644 portevoix.sysusers /etc/sysusers.d/portevoix.conf && systemd-sysusers
install -Dm 644 portevoix.tmpfiles /etc/tmpfiles.d/portevoix.conf
systemd-tmpfiles --create /etc/tmpfiles.d/portevoix.conf
install -Dm 600 portevoix.env /etc/portevoix/portevoix.env
sed -i 's/^PORTEVOIX_HOSTS=.*/PORTEVOIX_HOSTS=127.0.0.1/; s/^PORTEVOIX_HTTPS=.*/PORTEVOIX_HTTPS=no/' \\
    /etc/portevoix/portevoix.env
install -m 644 *.service *.timer /etc/systemd/system/ && systemctl daemon-reload
"""
OPS = """
ops() { systemd-run --quiet --pipe --wait --collect --uid=portevoix \\
    -p StateDirectory=portevoix -p StateDirectoryMode=0700 \\
    -p EnvironmentFile=-/etc/portevoix/portevoix.env -E PORTEVOIX_HOME=/var/lib/portevoix \\
    -E PORTEVOIX_PASSWORD=gabare-tuile-heron /opt/portevoix/bin/portevoix "$@"; }
"""
SERVICES = ("portevoix", "portevoix-worker")


@pytest.fixture(scope="module")
def here() -> Iterator[Machine]:
    with machine() as one:
        if one is None:
            pytest.skip("missing: namespaces in which a systemd starts")
        one.do(INSTALL)
        one.do(f"{OPS} ops init --name Petiteville --email ada@petiteville.example --person Ada")
        one.do("systemctl enable --now portevoix portevoix-worker portevoix-backup.timer")
        yield one


def well(here: Machine) -> None:
    soon(lambda: here.health().get("well"), "Pages and a worker that are well")


def test_pages_and_worker_run_as_a_user_of_their_own(here: Machine) -> None:
    well(here)
    assert [here.shows(unit, "User") for unit in SERVICES] == ["portevoix", "portevoix"]
    home, key = here.do("stat -c '%a %U' /var/lib/portevoix /var/lib/portevoix/secret.key").splitlines()
    assert (home, key) == ("700 portevoix", "600 portevoix")
    assert here.shows("portevoix-backup.timer", "NextElapseUSecRealtime")
    assert "SQLite" in here.do(f"{OPS} ops doctor || true")


@pytest.mark.parametrize("unit", SERVICES)
def test_what_dies_comes_back(here: Machine, unit: str) -> None:
    well(here)
    before = here.shows(unit, "MainPID")
    here.do(f"systemctl kill -s KILL {unit}")
    soon(lambda: here.shows(unit, "MainPID") not in ("0", before), f"Another process of {unit}")
    well(here)
    assert here.shows(unit, "NRestarts") == "1"


def test_a_backup_is_written_where_only_its_user_reads(here: Machine) -> None:
    here.do("systemctl start portevoix-backup")
    assert here.shows("portevoix-backup", "Result") == "success"
    [kept] = here.do("stat -c '%a %U %n' /var/backups/portevoix/*").splitlines()
    assert kept.startswith("600 portevoix ") and kept.endswith(".zip")


def test_all_stop_when_they_are_told_to(here: Machine) -> None:
    well(here)
    here.do("systemctl stop portevoix portevoix-worker")
    assert [here.shows(unit, "Result") for unit in SERVICES] == ["success", "success"]
    assert here.run("pgrep", "-f", "portevoix work|granian").returncode == 1, "something is left of them"
