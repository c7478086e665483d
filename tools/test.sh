#!/usr/bin/env bash
# Runs the tests: on SQLite, on PostgreSQL (a throw-away server from the system's packages), and in the browser.
#   tools/test.sh                all three
#   tools/test.sh sqlite|postgresql|browser [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
part=${1:-all}
[ $# -gt 0 ] && shift
.venv/bin/kitaphana compile-messages >/dev/null
workers=${TEST_WORKERS:-2}

need() { # need COMMAND-OR-FILE PACKAGE: installs where we may, else says what is missing
  [ -x "$1" ] || command -v "$1" >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null
  fi
  [ -x "$1" ] || command -v "$1" >/dev/null 2>&1 || { echo "missing: $2 (install it with your system's packages)" >&2; exit 1; }
}

sqlite() {
  echo "== SQLite"
  need yaz-client yaz
  .venv/bin/pytest -n "$workers" -m "not browser" "$@"
}

browser() {
  echo "== browser"
  need /usr/bin/chromium chromium
  .venv/bin/pytest -m browser "$@"
}

postgresql() {
  echo "== PostgreSQL"
  need yaz-client yaz
  local bin
  if ! ls -d /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then need /usr/lib/postgresql/15/bin/initdb postgresql-15; fi
  bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb | tail -n 1)")
  local folder port=${TEST_PG_PORT:-55432} as=()
  folder=$(mktemp -d)
  if [ "$(id -u)" = 0 ]; then # initdb refuses root
    chown postgres "$folder"
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups env -i "PATH=$bin:/usr/bin:/bin" "HOME=$folder" LC_ALL=C.UTF-8)
  fi
  "${as[@]}" "$bin/initdb" -D "$folder/data" -A trust -U kitaphana --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  # No autovacuum: between tests it would note that the tables are empty, and the plans of a large test come out as if.
  cat >>"$folder/data/postgresql.conf" <<CONF
port=$port
listen_addresses='127.0.0.1'
unix_socket_directories='$folder'
fsync=off
synchronous_commit=off
full_page_writes=off
autovacuum=off
CONF
  "${as[@]}" "$bin/pg_ctl" -s -w -D "$folder/data" -l "$folder/log" start
  local status=0
  DATABASE_URL="postgresql://kitaphana@127.0.0.1:$port/postgres" .venv/bin/pytest -n "$workers" -m "not browser and not once" "$@" || status=$?
  "${as[@]}" "$bin/pg_ctl" -s -m fast -D "$folder/data" stop
  rm -rf "$folder"
  return $status
}

case $part in
  all) sqlite "$@"; postgresql "$@"; browser "$@" ;;
  sqlite | postgresql | browser) "$part" "$@" ;;
  *) echo "usage: tools/test.sh [sqlite|postgresql|browser]" >&2; exit 2 ;;
esac
