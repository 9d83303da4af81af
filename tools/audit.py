"""Looks for known vulnerabilities in everything that is pinned: `make check` runs it.

It asks the services that pip-audit knows, one package first: where none answers it says `not audited`, and why, and
that is no fault of the code. Exit status 1 for a known vulnerability. What was audited within a day is not asked about
again.
"""

import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINNED = [ROOT / "requirements" / f"{name}.txt" for name in ("base", "build", "dev")]
STAMP = Path(sys.prefix) / ".audited"
SERVICES = ("osv", "pypi")
ONE_S, ALL_S = 20, 180
FRESH_S = 24 * 3600
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def main(files: list[Path]) -> int:
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    pins = {(name.lower(), version) for name, version in _PIN.findall(text)}
    digest = hashlib.sha256(repr(sorted(pins)).encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest and time.time() - STAMP.stat().st_mtime < FRESH_S:
        print(f"audited within a day: {len(pins)} packages, no known vulnerability")
        return 0
    service, why = _answering(min(pins))
    if not service:
        print(f"not audited: {why}")
        return 0
    found = _ask(service, pins, ALL_S)
    if isinstance(found, str):
        print(f"not audited: {found}")
        return 0
    status, complete = _tell(found, service)
    if complete and files == PINNED:
        STAMP.write_text(digest)
    return status


def _answering(pin: tuple[str, str]) -> tuple[str, str]:
    """The first service that knows one package; "" and the reasons when there is none."""
    reasons = []
    for service in SERVICES:
        found = _ask(service, {pin}, ONE_S)
        if isinstance(found, list) and "vulns" in found[0]:
            return service, ""
        reasons.append(f"{service}: {found if isinstance(found, str) else found[0]['skip_reason']}")
    return "", "; ".join(reasons)


def _ask(service: str, pins: set[tuple[str, str]], seconds: int) -> list[dict[str, Any]] | str:
    """What pip-audit says of each package, or why it says nothing."""
    asked = "".join(f"{name}=={version}\n" for name, version in sorted(pins))
    command = [sys.executable, "-m", "pip_audit", "--requirement", "/dev/stdin", "--no-deps", "--disable-pip"]
    command += ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        run = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=seconds, check=False)
        told: list[dict[str, Any]] = json.loads(run.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return f"no answer within {seconds} s"
    except json.JSONDecodeError:
        return (run.stderr.strip().splitlines() or ["it said nothing"])[-1][-300:]
    return told


def _tell(found: list[dict[str, Any]], service: str) -> tuple[int, bool]:
    """Says what is known; the exit status, and whether every package is known and well."""
    skipped = [f"{each['name']} ({each['skip_reason']})" for each in found if "vulns" not in each]
    bad = [(each, vulnerability) for each in found for vulnerability in each.get("vulns", ())]
    for each, vulnerability in bad:
        fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
        print(f"{each['name']} {each['version']}: {vulnerability['id']}; mended in {fixed}")
    for name in skipped:
        print(f"not audited: {name}")
    if bad:
        return 1, False
    print(f"audited by {service}: {len(found) - len(skipped)} packages, no known vulnerability")
    return 0, not skipped


if __name__ == "__main__":
    sys.exit(main([Path(file) for file in sys.argv[1:]] or PINNED))
