#!/usr/bin/env bash
# Puts Horizon of PyPI into a virtual environment, as the image of the compose profile `dashboard` has it; with
# ALBIREO_TEST_HORIZON=FOLDER the test test/e2e/dashboard.e2e-spec.ts drives it. About two minutes and 400 MB.
# Usage: tools/fetch-horizon.sh FOLDER [VERSION]
set -euo pipefail
folder=$(realpath -m "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
read -r -a packages <<<"$(sed -n 's/^RUN pip install --no-cache-dir //p' "$root/deploy/dashboard/Dockerfile")"
[ -z "${2:-}" ] || packages[0]="horizon==$2"
python3 -m venv "$folder"
"$folder/bin/pip" install -q "${packages[@]}"
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
export PYTHONPATH="$root/deploy/dashboard" PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
export DJANGO_SETTINGS_MODULE=albireo_dashboard.settings DASHBOARD_STATE="$state" DASHBOARD_STATIC="$folder/static"
"$folder/bin/django-admin" collectstatic --noinput -v0
"$folder/bin/django-admin" compress --force -v0
"$folder/bin/pip" list --format freeze 2>/dev/null | grep -i '^\(horizon\|django\|openstacksdk\)=='
