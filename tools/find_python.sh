#!/bin/sh
# Prints a Python that is new enough and can make virtual environments; says in one sentence what to install otherwise.
for python in "${PYTHON:-}" python3.14 python3.13 python3.12 python3 /usr/bin/python3.14 /usr/bin/python3.13 /usr/bin/python3.12 \
    /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3; do
    [ -n "$python" ] || continue
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        command -v "$python"
        exit 0
    fi
done
echo "Portevoix needs Python 3.12 or later with its venv module: install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python), then run this again." >&2
exit 1
