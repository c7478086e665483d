#!/usr/bin/env bash
# The lock file may name public registries only.
set -euo pipefail
if grep -nE '(registry|url|path) = "' uv.lock | grep -vE '"https://(pypi\.org/simple|files\.pythonhosted\.org/)'; then
  echo "uv.lock names something that is not the public registry" >&2
  exit 1
fi
