#!/bin/sh
# Sees to it that the tests of two processes have nginx: on Debian or Ubuntu as root it is installed (and not started),
# elsewhere nothing is touched and the tests say in one line that they are left out, and why.
set -eu
for name in nginx /usr/sbin/nginx /usr/local/sbin/nginx; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing nginx for the tests of two processes ..."
    apt-get update -qq
    # The package would start it at once, at port 80 of this machine, and keep doing so.
    policy=/usr/sbin/policy-rc.d
    ours=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; ours=1; }
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null || true
    [ -z "$ours" ] || rm -f "$policy"
fi
