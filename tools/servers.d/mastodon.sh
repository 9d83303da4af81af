#!/bin/sh
# Installs a server of Mastodon's API that tests start, into the folder that PORTEVOIX_TEST_SERVERS names. It has a virtual
# environment of its own: nothing of it is part of the program.
set -e
root="${PORTEVOIX_TEST_SERVERS:-.portevoix/servers}"
version=0.6.1
if ls "$root"/mastodon/lib/python3*/site-packages/mastodon_mock-"$version".dist-info >/dev/null 2>&1; then
    exit 0
fi
python="$(sh "$(dirname "$0")/../find_python.sh")"
"$python" -m venv "$root/mastodon"
"$root/mastodon/bin/python" -m pip install --quiet --disable-pip-version-check "mastodon_mock==$version"
