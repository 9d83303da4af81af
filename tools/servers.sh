#!/bin/sh
# Installs the servers of social networks that tests start, into the folder that PORTEVOIX_TEST_SERVERS names. Each step
# stands for itself: one that fails is told, and the others go on.
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

for step in bluesky; do
    if "$step"; then
        echo "$step: installed in $root"
    else
        echo "$step: not installed" >&2
        failed=1
    fi
done
exit "$failed"
