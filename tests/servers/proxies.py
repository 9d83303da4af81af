"""The reverse proxies of the documentation, as they are written there, on free ports."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "en" / "how-to" / "put-a-proxy-in-front.md"
NAME = "desk.ville.example"
PROGRAMS = {"nginx": "nginx", "caddy": "caddy", "haproxy": "haproxy", "apache": "apache2"}
"""Of each, its package of Debian, whose program has the same name."""
_MODULES = "mpm_event authz_core ssl socache_shmcb proxy proxy_http headers reqtimeout alias"


@dataclass(frozen=True)
class Place:
    """Where things are in a test: `folder` holds the certificate, both in one file and apart."""

    folder: Path
    https: int
    http: int
    pages: int
    live: int

    def make_certificate(self) -> None:
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"]
        command += ["-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        both = (self.folder / "cert.pem").read_bytes() + (self.folder / "key.pem").read_bytes()
        (self.folder / "both.pem").write_bytes(both)


def example(language: str) -> str:
    """The documented configuration."""
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@contextmanager
def proxy(name: str, place: Place) -> Iterator[subprocess.Popen[bytes]]:
    """The proxy with its documented configuration: only ports and the certificate are others."""
    command = _COMMANDS[name](place)
    with (place.folder / "proxy.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def missing(name: str) -> str:
    """What stands in the way of starting it; empty when nothing does."""
    program = PROGRAMS[name]
    there = shutil.which(program) or Path(f"/usr/sbin/{program}").exists()
    return "" if there else f"missing: {program} (apt-get install {program})"


def _moved(text: str, place: Place) -> str:
    """The backends and the certificate."""
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{place.pages}").replace(
        "127.0.0.1:8001", f"127.0.0.1:{place.live}"
    )
    text = text.replace(f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{place.folder}/cert.pem")
    text = text.replace(f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{place.folder}/key.pem")
    return text.replace(f"/etc/haproxy/{NAME}.pem", f"{place.folder}/both.pem")


def _nginx(place: Place) -> list[str]:
    text = _moved(example("nginx"), place)
    text = text.replace("listen 80;", f"listen {place.http};").replace("listen [::]:80;", "")
    text = text.replace("listen 443 ssl;", f"listen {place.https} ssl;").replace("listen [::]:443 ssl;", "")
    (place.folder / "site").write_text(text)
    (place.folder / "nginx.conf").write_text(
        f"user root; daemon off; pid {place.folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {place.folder}/body; proxy_temp_path {place.folder}/proxy;\n"
        f"include {place.folder}/site; }}\n"
    )
    return [_program("nginx"), "-p", str(place.folder), "-c", str(place.folder / "nginx.conf")]


def _caddy(place: Place) -> list[str]:
    text = _moved(example("caddy"), place).replace(
        f"{NAME} {{", f"https://{NAME}:{place.https} {{\n\ttls {place.folder}/cert.pem {place.folder}/key.pem", 1
    )
    version = subprocess.run([_program("caddy"), "version"], capture_output=True, text=True, check=True).stdout
    if version.lstrip("v").startswith("2.6.2"):
        text = text.replace("request_buffers 60MB", "buffer_requests")
    options = f"{{\n\tadmin off\n\thttp_port {place.http}\n\thttps_port {place.https}\n\tservers {{"
    (place.folder / "Caddyfile").write_text(text.replace("{\n\tservers {", options, 1))
    return [_program("caddy"), "run", "--config", str(place.folder / "Caddyfile"), "--adapter", "caddyfile"]


def _haproxy(place: Place) -> list[str]:
    text = _moved(example("haproxy"), place)
    text = text.replace("bind :80", f"bind 127.0.0.1:{place.http}").replace(
        "bind :443", f"bind 127.0.0.1:{place.https}"
    )
    (place.folder / "haproxy.cfg").write_text(text)
    return [_program("haproxy"), "-db", "-f", str(place.folder / "haproxy.cfg")]


def _apache(place: Place) -> list[str]:
    text = _moved(example("apache"), place)
    text = text.replace("*:80>", f"*:{place.http}>").replace("*:443>", f"*:{place.https}>")
    loaded = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _MODULES.split())
    (place.folder / "apache.conf").write_text(
        f"{loaded}ServerRoot {place.folder}\nServerName localhost\nPidFile {place.folder}/pid\nErrorLog /dev/stderr\n"
        f"User www-data\nGroup www-data\nListen 127.0.0.1:{place.http}\nListen 127.0.0.1:{place.https}\n"
        f"Mutex file:{place.folder} default\n{text}"
    )
    return [_program("apache"), "-f", str(place.folder / "apache.conf"), "-DFOREGROUND"]


def _program(name: str) -> str:
    return shutil.which(PROGRAMS[name]) or f"/usr/sbin/{PROGRAMS[name]}"


_COMMANDS = {"nginx": _nginx, "caddy": _caddy, "haproxy": _haproxy, "apache": _apache}
