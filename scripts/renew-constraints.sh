#!/usr/bin/env bash
# Resolve everything anew in an environment of its own and write constraints.txt: names and versions only.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${PYTHON:-python3}" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check -e ".[bench,dev,docs,jdk,postgres,spark]"
{
  sed -n '/^#/p' constraints.txt
  "$scratch/venv/bin/python" -m pip freeze --exclude-editable | tr '[:upper:]' '[:lower:]' | tr '_' '-' | grep -E '^[a-z0-9.-]+==' | sort
} >"$scratch/constraints.txt"
cp "$scratch/constraints.txt" constraints.txt
echo "constraints: $(grep -c == constraints.txt) versions written"
