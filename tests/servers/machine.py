"""A machine of its own, as far as programs can tell: a real systemd in namespaces, overlays over what it writes."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.program import PORTEVOIX

SYSTEMD = Path("/lib/systemd/systemd")
# What it writes stays in memory and goes with it. What would set up the kernel is left to the machine around it.
_BOOT = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
for name in etc opt var; do
    mkdir -p /run/over/$name /run/work/$name
    mount -t overlay overlay -o lowerdir=/$name,upperdir=/run/over/$name,workdir=/run/work/$name /$name
done
umount /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for name in systemd-sysctl systemd-modules-load systemd-udevd systemd-udev-trigger systemd-binfmt; do
    ln -sf /dev/null /etc/systemd/system/$name.service
done
container=test exec /lib/systemd/systemd --system --unit=basic.target --log-target=null
"""
_BOOTED = 30.0


def missing() -> str:
    """What a machine of its own needs and is not here; "" when all is."""
    if not SYSTEMD.exists() or not all(map(shutil.which, ("unshare", "nsenter", "systemctl"))):
        return "missing: systemd (apt-get install systemd)"
    if os.geteuid() != 0:
        return "missing: root, who may make namespaces and overlays"
    program = Path(PORTEVOIX).absolute()
    hidden = any(program.is_relative_to(place) for place in ("/home", "/root", "/run", "/tmp", "/var/tmp"))
    if hidden or not all(parent.stat().st_mode & 0o001 for parent in program.parents):
        return "missing: a place of the checkout that units of systemd may read, such as /srv"
    return ""


@dataclass(frozen=True)
class Machine:
    """`pid`: of its systemd, as the machine around it counts."""

    pid: int

    def run(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command inside it, whatever comes of it."""
        inside = ["nsenter", "-t", str(self.pid), "-m", "-p", "-u", "-i", "-n", "-C", *command]
        return subprocess.run(inside, input=stdin, capture_output=True, text=True, timeout=120, check=False)

    def do(self, script: str) -> str:
        """What a script of the shell wrote; it has to succeed."""
        done = self.run("bash", "-eu", "-s", stdin=script)
        assert done.returncode == 0, done.stdout + done.stderr + self.run("journalctl", "--no-pager", "-n", "60").stdout
        return done.stdout

    def shows(self, unit: str, name: str) -> str:
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def health(self) -> dict[str, object]:
        """What the pages tell a monitor; {} while they do not answer."""
        asked = "import sys, urllib.request as r; sys.stdout.write(r.urlopen('http://127.0.0.1:8000/healthz').read().decode())"
        answer = self.run("python3", "-c", asked)
        return json.loads(answer.stdout) if answer.returncode == 0 else {}


@contextmanager
def machine() -> Iterator[Machine | None]:
    """None where the machine around it does not let one start."""
    spaces = ["unshare", "--fork", "--kill-child=KILL", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup"]
    nothing = subprocess.DEVNULL
    outer = subprocess.Popen(
        [*spaces, "--mount-proc", "sh", "-c", _BOOT], stdin=nothing, stdout=nothing, stderr=nothing
    )
    try:
        yield _booted(outer)
    finally:
        outer.kill()  # its systemd goes with it
        outer.wait(30)


def _booted(outer: subprocess.Popen[bytes]) -> Machine | None:
    ends, children = time.monotonic() + _BOOTED, Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
    while time.monotonic() < ends and outer.poll() is None:
        for pid in children.read_text().split():
            one = Machine(int(pid))
            if one.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"):
                return one
        time.sleep(0.2)
    return None
