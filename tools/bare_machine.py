"""Tries the README's commands on a machine that has nothing: a bare Debian, in namespaces of its own.

    python tools/bare_machine.py [--test] [--base FILE]

A clean clone of the last commit is put there with Python, its venv and make; told are the seconds until the packages of
the system are there, until `make demo` answers, and with `--test` what `make test` says in the end. The Debian is made
by mmdebstrap from the source that apt has here, once: `--base` keeps it. Needs root, mmdebstrap and the network.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from with_postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
PLACE = "/srv/portevoix"
PACKAGES = "python3 python3-venv make"
LONGEST_S = 1200
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# Its own mounts, processes and host name; the network is that of the machine around it, and so are its certificates.
_ENTER = f"""
set -e
r=$1; shift
mount --make-rprivate /
mount --bind "$r" "$r"
mount -t proc proc "$r/proc"
mount -t tmpfs tmpfs "$r/run"
mount --rbind /dev "$r/dev"
mount -t tmpfs tmpfs "$r/dev/shm"
cp -L /etc/resolv.conf /etc/hosts "$r/etc/"
mkdir -p "$r/etc/ssl/certs"
cp -L {CERTIFICATES} "$r{CERTIFICATES}"
exec chroot "$r" "$@"
"""
_GIVEN = {
    "HOME": "/root", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive", "BROWSER": "true", "PIP_CERT": CERTIFICATES, "SSL_CERT_FILE": CERTIFICATES,
}  # fmt: skip


def source() -> tuple[str, str]:
    """The address of Debian's packages and the name of the release, as apt has them here."""
    texts = [path.read_text() for path in Path("/etc/apt").glob("sources.list*/*") if path.is_file()]
    texts += [path.read_text() for path in (Path("/etc/apt/sources.list"),) if path.is_file()]
    found = re.search(r"^(?:URIs:|deb)\s+(?:\[.*\]\s+)?(https?://\S+)", "\n".join(texts), re.MULTILINE)
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    if not found or not release:
        raise SystemExit("apt has no source of packages here")
    return found[1], release[1]


def make_base(file: Path) -> None:
    """Write the archive of a bare Debian, unless it is there."""
    if not file.exists():
        address, release = source()
        options = ["--quiet", "--variant=minbase", "--include=ca-certificates"]
        subprocess.run(["mmdebstrap", *options, release, str(file), address], check=True)


@contextmanager
def machine(base: Path) -> Iterator[Path]:
    """The folder of a bare Debian with a clean clone at PLACE."""
    folder = Path(tempfile.mkdtemp(prefix="portevoix-bare-"))
    try:
        folder.chmod(0o755)
        subprocess.run(["tar", "-xf", str(base), "-C", str(folder)], check=True)
        clone = folder / PLACE.lstrip("/")
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(clone)], check=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def inside(folder: Path, script: str) -> list[str]:
    """The command that runs a script of the shell there; all that it starts ends with it."""
    enter = ["unshare", "-m", "-p", "-f", "-u", "-i", "--kill-child", "sh", "-c", _ENTER, "enter", str(folder)]
    return [*enter, "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in _GIVEN.items()), "sh", "-c", script]


def demo_seconds(folder: Path) -> float:
    """Seconds from `make demo` to its first page."""
    port, began = free_port(), time.monotonic()
    script = f"cd {PLACE} && exec make demo PORT={port}"
    with subprocess.Popen(inside(folder, script), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as demo:
        try:
            while not _answers(port):
                if demo.poll() is not None or time.monotonic() - began > LONGEST_S:
                    raise SystemExit(f"make demo does not answer: {demo.stderr.read()[-3000:]}")
                time.sleep(0.5)
            return time.monotonic() - began
        finally:
            demo.kill()


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=10).close()
    except OSError:
        return False
    return True


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--test", action="store_true", help="make test too")
    asked.add_argument("--base", type=Path, default=ROOT / ".portevoix" / "bare.tar")
    given = asked.parse_args()
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        raise SystemExit("This needs root and mmdebstrap (apt-get install mmdebstrap uidmap).")
    given.base.parent.mkdir(parents=True, exist_ok=True)
    make_base(given.base)
    with machine(given.base) as folder:
        began = time.monotonic()
        install = f"apt-get update -qq && apt-get install -y -qq --no-install-recommends {PACKAGES} >/dev/null"
        subprocess.run(inside(folder, install), check=True)
        print(f"{PACKAGES}: {time.monotonic() - began:.0f} s", flush=True)
        print(f"make demo answers after {demo_seconds(folder):.0f} s", flush=True)
        if not given.test:
            return 0
        began = time.monotonic()
        done = subprocess.run(inside(folder, f"cd {PLACE} && make test"), stdout=-1, stderr=-2, text=True, check=False)
        print("\n".join(done.stdout.splitlines()[-60:]))
        print(f"make test ended with {done.returncode} after {time.monotonic() - began:.0f} s")
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
