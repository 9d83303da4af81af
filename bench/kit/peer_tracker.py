"""Request Tracker 5, from Debian's packages, with a configuration and a database of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from kit.peer import Absent, Pages, clone, highest, port_of
from kit.serving import answers, running, two_ports

PACKAGES = ("request-tracker5", "rt5-db-postgresql", "rt5-standalone")
SETUP = "rt-setup-database-5"
SERVER = "/usr/share/request-tracker5/libexec/rt-server"
NO_SERVICES = Path("/usr/sbin/policy-rc.d")
CONFIGURATION = """
use utf8;
Set($rtname, 'bench'); Set($Organization, 'bench.example');
Set($DatabaseType, 'Pg'); Set($DatabaseHost, '127.0.0.1'); Set($DatabasePort, $ENV{RT_DB_PORT});
Set($DatabaseUser, 'bench_rt'); Set($DatabasePassword, 'bench'); Set($DatabaseName, 'bench_rt');
Set($WebDomain, '127.0.0.1'); Set($WebPort, $ENV{RT_WEB_PORT}); Set($WebPath, '');
Set($MailCommand, 'testfile'); # its replies to senders are written into a file
Set($CorrespondAddress, 'ville@bench.example'); Set($CommentAddress, 'notes@bench.example');
Set($LogToSyslog, undef); Set($LogToSTDERR, 'critical'); Set($RestrictReferrer, 0); Set($WebSecureCookies, 0);
Set($MasonDataDir, "$ENV{RT_HOME}/mason");
1;
"""
TAKE = r"""
use lib '/usr/share/request-tracker5/lib';
use RT; RT::LoadConfig(); RT::Init();
use RT::Interface::Email; use Time::HiRes 'time';
my $all = RT::Group->new(RT->SystemUser); $all->LoadSystemInternalGroup('Everyone');
$all->PrincipalObj->GrantRight(Object => $RT::System, Right => $_) for qw(CreateTicket ReplyToTicket SeeQueue);
my @mails = map { chomp; open my $file, '<:raw', $_ or die $_; local $/; <$file> } <STDIN>;
my ($start, $taken) = (time, 0);
for my $mail (@mails) {
    my ($status) = RT::Interface::Email::Gateway({message => $mail, queue => 'General', action => 'correspond'});
    $taken++ if $status == 1;
}
die "only $taken of ${\ scalar @mails}" if $taken != @mails;
printf "%f\n", $taken / (time - $start);
"""


class Tracker:
    name = "Request Tracker"

    def install(self, place: Path, server: str) -> str:
        if not shutil.which(SETUP):
            _install_packages()
        self.place, self.server = place, server
        for folder in ("empty", "mason"):
            (place / folder).mkdir(parents=True)
        (place / "RT_SiteConfig.pm").write_text(CONFIGURATION)
        self.port = two_ports()
        self._run([SETUP, "--action", "init", "--dba", "postgres", "--dba-password", "none"])
        self.database = server.rsplit("/", 1)[0] + "/bench_rt"
        return self._run(["dpkg-query", "-W", "-f", "${Version}", "request-tracker5"])

    def take(self, mails: Sequence[Path]) -> float:
        return float(self._run(["perl", "-e", TAKE], "\n".join(map(str, mails))).splitlines()[-1])

    def fill(self, conversations: int, one_in: int) -> None:
        roles = "domain = 'RT::Ticket-Role'"
        of_roles = f"groupid IN (SELECT id FROM groups WHERE {roles})"
        with psycopg.connect(self.database) as connection:
            tables = ("tickets", "principals", "groupmembers", "cachedgroupmembers", "transactions", "attachments")
            ticket, principal, member, cached, transaction, attachment = (highest(connection, t) for t in tables)
            copies = max(0, round(conversations / ticket) - 1)
            new = {"id": f"seed.id + k * {principal}"}
            clone(connection, "principals", copies, new, f"id IN (SELECT id FROM groups WHERE {roles})")
            group = {"groupid": f"seed.groupid + k * {principal}"}
            clone(connection, "groupmembers", copies, {"id": f"seed.id + k * {member}", **group}, of_roles)
            itself = (
                f"CASE WHEN seed.memberid = seed.groupid THEN seed.memberid + k * {principal} ELSE seed.memberid END"
            )
            parent = f"seed.immediateparentid + k * {principal}"
            moved = {"id": f"seed.id + k * {cached}", "via": f"seed.via + k * {cached}", "immediateparentid": parent}
            clone(connection, "cachedgroupmembers", copies, {**moved, **group, "memberid": itself}, of_roles)
            moved = {"id": f"seed.id + k * {transaction}", "objectid": f"seed.objectid + k * {ticket}"}
            clone(connection, "transactions", copies, moved, "objecttype = 'RT::Ticket'")
            moved = {"id": f"seed.id + k * {attachment}", "transactionid": f"seed.transactionid + k * {transaction}"}
            moved["parent"] = f"CASE seed.parent WHEN 0 THEN 0 ELSE seed.parent + k * {attachment} END"
            own = "transactionid IN (SELECT id FROM transactions WHERE objecttype = 'RT::Ticket')"
            clone(connection, "attachments", copies, moved, own)
            clone(connection, "groups", copies, {**new, "instance": f"seed.instance + k * {ticket}"}, roles)
            same = f"seed.id + k * {ticket}"
            status = f"CASE WHEN ({same}) % {one_in} = 0 THEN 'new' ELSE 'resolved' END"
            created = "seed.created - k * interval '1 hour'"
            moved = {"id": same, "effectiveid": same, "status": status, "created": created}
            clone(connection, "tickets", copies, moved)
            connection.execute(
                "UPDATE tickets SET status = 'resolved' WHERE id <= %s AND id %% %s <> 0", [ticket, one_in]
            )
            self.shown = ticket * (copies // 2) + ticket // one_in * one_in
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    @contextmanager
    def serve(self) -> Iterator[Pages]:
        with running([SERVER, "--port", str(self.port)], self._environment()):
            address = f"http://127.0.0.1:{self.port}"
            answers(f"{address}/")
            query = "Query=Status='new'&Rows=50&OrderBy=Created&Order=ASC".replace("'", "%27")
            one = f"/Ticket/Display.html?id={self.shown}"
            rows = r"Ticket/Display\.html\?id=(\d+)"
            pages = Pages(address, [f"/Search/Results.html?{query}"], [one], rows=rows, shows="transaction")
            pages.ask("/NoAuth/Login.html", {"user": "root", "pass": "password"})
            yield pages

    def _run(self, command: Sequence[str], given: str = "") -> str:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, env=self._environment(), cwd=self.place, check=False
        )
        if done.returncode:
            raise Absent(f"{command[0]}: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        site = {"RT_SITE_CONFIG": str(self.place / "RT_SiteConfig.pm"), "RT_SITE_CONFIG_DIR": str(self.place / "empty")}
        ports = {"RT_DB_PORT": port_of(self.server), "RT_WEB_PORT": str(self.port), "RT_HOME": str(self.place)}
        return {**os.environ, **site, **ports}


def _install_packages() -> None:
    """As Debian's packages, without starting anything. Raises Absent."""
    if os.geteuid() or not shutil.which("apt-get"):
        raise Absent(f"install it as root: apt-get install --no-install-recommends {' '.join(PACKAGES)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    stopped = not NO_SERVICES.exists()
    if stopped:
        NO_SERVICES.write_text("#!/bin/sh\nexit 101\n")
        NO_SERVICES.chmod(0o755)
    try:
        answer = b"request-tracker5 request-tracker5/dbconfig-install boolean false\n"
        subprocess.run(["debconf-set-selections"], input=answer, check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        done = subprocess.run(install, capture_output=True, text=True, env=quiet, check=False)
    finally:
        if stopped:
            NO_SERVICES.unlink()
    if done.returncode:
        raise Absent(f"apt-get: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
