#!/bin/sh
# Installs the editor of the host tests beside this script, once per lockfile: prebuilt JavaScript, no compiler, no headers.
set -eu
cd "$(dirname "$0")"
STAMP=node_modules/.nadir-installed
WANTED=$(cksum package-lock.json install.sh)
if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$WANTED" ]; then exit 0; fi
npm ci --ignore-scripts --no-audit --no-fund
VS=node_modules/code-server/lib/vscode
(cd "$VS" && npm install --omit=dev --ignore-scripts --no-save --no-audit --no-fund)
(cd "$VS/extensions" && npm install --omit=dev --ignore-scripts --no-save --no-audit --no-fund)
(cd "$VS/bin/helpers" && ln -sf browser-linux.sh browser.sh)
(cd "$VS/bin/remote-cli" && ln -sf code-linux.sh code-server)
printf '%s\n' "$WANTED" > "$STAMP"
