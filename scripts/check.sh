#!/usr/bin/env bash
# check.sh MARKERS [PYTEST ARGS]: lint, then the tests. A lint failure does not hide the tests' verdict, nor
# the other way round: both run, and either fails the whole.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin
markers=$1
shift
status=0
scripts/lint.sh || status=1
"$bin/python" -m pytest -q -m "$markers" "$@" || status=1
exit "$status"
