#!/usr/bin/env bash
# install.sh VENV EXTRAS: make the environment and put this tree into it, editable, at the tested versions.
# Safe to repeat. Uses uv where it is on PATH, else python's own venv and pip.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1 extras=$2

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; }

pick_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if fits "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  echo "install: no Python 3.11, 3.12 or 3.13 found; install one, or name it: make install PYTHON=/path/to/python3" >&2
  return 1
}

make_venv() {
  local python
  python=$(pick_python)
  echo "install: making $venv with $("$python" --version)"
  if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --clear --python "$python" "$venv" && return
    echo "install: uv could not make it, trying python's own venv" >&2
  fi
  if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    local version
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "install: this Python has no venv module; on Debian and Ubuntu: apt-get install python$version-venv" >&2
    return 1
  fi
  "$python" -m venv --clear "$venv"
}

fits "$venv/bin/python" || make_venv
echo "install: installing jiwang[$extras] (the first time: torch alone is some 5 GB on disk, so minutes)"
with_uv() {
  command -v uv >/dev/null 2>&1 && uv pip install --quiet --python "$venv/bin/python" -c constraints.txt -e ".[$extras]"
}

with_pip() {
  "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip --upgrade >/dev/null
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[$extras]"
}

with_uv || with_pip
echo "install: ready, $venv/bin/jiwang"
