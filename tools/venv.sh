#!/bin/sh
# Makes .venv beside this folder and installs the pinned packages of a requirements file in it.
#   tools/venv.sh requirements.txt
# Takes the first Python >= 3.11 it finds, or $PYTHON. Does nothing when all is in place.
set -eu
cd "$(dirname "$0")/.."
wanted=$1

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! { [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null; }; then
    python=
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if new_enough "$name"; then python=$name; break; fi
    done
    if [ -z "$python" ]; then
        echo "Python 3.11 or newer is needed and was not found (looked for ${PYTHON:-python3, python3.11 to python3.14, python})." >&2
        exit 1
    fi
    # Debian and Ubuntu split venv off into a package of its own.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "This Python lacks venv: installing Debian's $package ..."
            apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
        else
            echo "This Python can't make virtual environments. On Debian or Ubuntu: sudo apt install $package" >&2
            exit 1
        fi
    fi
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi

# requirements-dev.txt includes requirements.txt, which includes constraints.txt: all belong to the stamp of each.
stamp=".venv/$(basename "$wanted").installed"
sum=$(cat constraints.txt requirements.txt "$wanted" | cksum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
    echo "Installing the packages of $wanted in .venv (a minute or two the first time) ..."
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --requirement "$wanted"
    echo "$sum" > "$stamp"
fi
