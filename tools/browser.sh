#!/bin/sh
# Sees to it that the browser tests have Chromium: on Debian as root it is installed, elsewhere
# nothing is touched and the tests say in one line that they are left out, and why.
set -eu
[ -z "${NHR_CHROMIUM:-}" ] || exit 0
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
# (Ubuntu's package of that name is a snap, which doesn't run in a container.)
if [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; then
    echo "Installing Debian's chromium for the browser tests ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
