#!/usr/bin/env bash
# Collects the translatable texts of every app into its catalogues (needs gettext) and compiles them.
set -euo pipefail
cd "$(dirname "$0")/../kitaphana"
command -v xgettext >/dev/null 2>&1 || { echo "missing: gettext" >&2; exit 1; }
for app in */; do
  app=${app%/}
  [ -f "$app/apps.py" ] || continue
  mkdir -p "$app/locale"
  (cd "$app" && ../../.venv/bin/django-admin makemessages -l kk -l ru --no-location --no-obsolete --verbosity 0)
done
../.venv/bin/kitaphana compile-messages
