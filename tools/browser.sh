#!/bin/sh
# Sees to it that the browser tests have Chromium: on Debian as root the one without a window is installed
# (pages take half the processor time), elsewhere nothing is touched and the tests use the browser that is
# there, or say in one line that they are left out, and why.
set -eu
[ -z "${NHR_CHROMIUM:-}" ] || exit 0
if command -v chromium-headless-shell >/dev/null; then exit 0; fi
# (Ubuntu's package of that name is a snap, which doesn't run in a container.)
if [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; then
    echo "Installing Debian's chromium-headless-shell for the browser tests ..."
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null ||
        command -v chromium >/dev/null
fi
