#!/usr/bin/env bash
# check.sh MARKERS [PYTEST ARGS]: lint, then the tests. A lint failure does not hide the tests' verdict, nor
# the other way round: both run, and either fails the whole.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin
markers=$1
shift
# A file of tests stays with one worker, so its fixtures are made once; a server that you name serves one only.
workers=(-n auto --maxprocesses 4 --dist loadfile)
[ -z "${JIWANG_TEST_NEO4J_URI:-}" ] || workers=(-n 0)
status=0
scripts/lint.sh || status=1
"$bin/python" -m pytest -q -m "$markers" "${workers[@]}" "$@" || status=1
exit "$status"
