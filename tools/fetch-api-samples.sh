#!/usr/bin/env bash
# Puts the API samples of nova, neutron, keystone and glance into a folder, from their source packages on PyPI.
#   tools/fetch-api-samples.sh DIR
set -euo pipefail
target=${1:?a folder}
# Of one release; test/samples/known-differences.json is for these.
packages=(nova==34.0.0 neutron-lib==5.0.1 keystone==30.0.0 glance==33.0.0)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d "$work" "${packages[@]}"
for archive in "$work"/*.tar.gz; do
  mkdir -p "$work/${archive##*/}.d"
  tar -xzf "$archive" -C "$work/${archive##*/}.d" --strip-components 1 --wildcards '*samples*.json'
done
mkdir -p "$target/keystone/samples"
cp -R "$work"/nova-*.d/doc/api_samples "$target/nova"
cp -R "$work"/neutron_lib-*.d/api-ref/source/v2/samples "$target/neutron"
cp -R "$work"/keystone-*.d/api-ref/source/v3/samples/. "$work"/keystone-*.d/api-ref/source/v3-ext/samples/. "$target/keystone/samples"
cp -R "$work"/keystone-*.d/api-ref/source/v3-ext/federation "$target/keystone/federation"
cp -R "$work"/glance-*.d/api-ref/source/v2/samples "$target/glance"
