#!/bin/sh
# Installs the servers of social networks that tests start, into the folder that PORTEVOIX_TEST_SERVERS names: all, or those
# that are named (bluesky, mastodon). Each step stands for itself: one that fails is told, and the others go on.
root="${PORTEVOIX_TEST_SERVERS:-.portevoix/servers}"
failed=0

# Bluesky (PLC, PDS, AppView): Node 20 or newer with npm; a C++ compiler, for SQLite. It runs on the system's PostgreSQL.
bluesky() {
    version=0.3.215
    if grep -qs "\"version\": \"$version\"" "$root/atproto/node_modules/@atproto/dev-env/package.json"; then
        return 0
    fi
    mkdir -p "$root/atproto" &&
        npm install --prefix "$root/atproto" --no-audit --no-fund --loglevel=error "@atproto/dev-env@$version"
}

# A server of Mastodon's API, in a virtual environment of its own: nothing of it is part of the program. (snac2, which
# federates, is a package of Debian.)
mastodon() {
    version=0.6.1
    if ls "$root"/mastodon/lib/python3*/site-packages/mastodon_mock-"$version".dist-info >/dev/null 2>&1; then
        return 0
    fi
    python="$(sh "$(dirname "$0")/find_python.sh")" &&
        "$python" -m venv "$root/mastodon" &&
        "$root/mastodon/bin/python" -m pip install --quiet --disable-pip-version-check "mastodon_mock==$version"
}

for step in ${*:-bluesky mastodon}; do
    if "$step"; then
        echo "$step: installed in $root"
    else
        echo "$step: not installed" >&2
        failed=1
    fi
done
exit "$failed"
