#!/usr/bin/env bash
# Every check that reads the code without running it. Runs all of them, then fails if any failed.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin
failed=()

check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "lint: $name ok"
  else
    echo "lint: $name FAILED"
    printf '%s\n' "$output"
    failed+=("$name")
  fi
}

check "format (ruff)" "$bin/ruff" format --check .
check "rules (ruff)" "$bin/ruff" check --quiet --output-format concise .
check "types (mypy)" "$bin/mypy"
check "imports (import-linter)" "$bin/lint-imports"
check "ids, hosts, paths (guard)" "$bin/python" scripts/guard_ids.py

if ((${#failed[@]})); then
  echo "lint: FAILED: ${failed[*]}"
  exit 1
fi
