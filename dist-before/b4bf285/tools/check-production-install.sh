#!/usr/bin/env bash
# The image holds dist/ and production dependencies only: checks that the programs start from such a copy.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/package.json" "$root/package-lock.json" "$root/.npmrc" "$root/etc" "$root/tools" "$work/"
mkdir "$work/dist" && cp -r "$root/dist/apps" "$root/dist/libs" "$root/dist/.built" "$work/dist/"
cd "$work"
npm ci --omit=dev --silent 2>/dev/null
for program in gateway worker server manage; do
  node "dist/apps/$program/src/main.js" --version
done
npm run --silent prestart
