#!/bin/sh
# Sets the course up without a network, the first time, and opens it.
# What is given is passed on:  sh start.sh doctor
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
course=$here/course
environment=$course/.venv

fail() {
  echo "$1" >&2
  exit 1
}

find_python() {
  for name in python3.13 python3.12 python3 python; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  if command -v uv >/dev/null 2>&1; then
    uv python find --offline --no-python-downloads --no-project '>=3.12,<3.14' 2>/dev/null || true
  fi
}

set_up() {
  cd "$here"
  echo "1 of 3: comparing checksums"
  if command -v sha256sum >/dev/null 2>&1; then sums="sha256sum"; else sums="shasum -a 256"; fi
  $sums -c SHA256SUMS >"$here/.checked" 2>&1 || {
    grep -v ': OK$' "$here/.checked" >&2 || true
    rm -f "$here/.checked"
    fail "This copy of the folder is damaged. Copy it again."
  }
  rm -f "$here/.checked"
  python=$(find_python)
  [ -n "$python" ] || fail "There is no Python 3.12 or 3.13 here, and this folder cannot hold it. Install it first (python.org, apt, brew)."
  echo "2 of 3: making $environment with $python"
  "$python" -m venv --without-pip --clear "$environment" ||
    fail "Python could not make an environment. Is the folder on a disk that may be written, and no USB stick?"
  echo "3 of 3: installing"
  if command -v uv >/dev/null 2>&1; then
    uv pip install --offline --no-config --no-index --find-links wheels --python "$environment/bin/python" \
      --link-mode copy -r requirements.txt
  else
    set -- wheels/pip-*.whl
    PIP_CONFIG_FILE=/dev/null "$environment/bin/python" "$1/pip" --disable-pip-version-check install --no-index \
      --find-links wheels -r requirements.txt
  fi || fail "The wheels do not fit this machine. README.md says which machines they are for."
  touch "$environment/set-up"
  echo "The course is set up."
}

[ -e "$environment/set-up" ] || (set_up)
cd "$course"
exec "$environment/bin/channels-lab" "$@"
