"""The ``kitaphana`` command: a thin entrance to Django's management commands, which live in their domains."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run ``kitaphana COMMAND …``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitaphana.project.settings")
    from django.core.management import execute_from_command_line  # after the settings are named

    sys.argv[0] = "kitaphana"
    if len(sys.argv) > 1:
        # Outsiders type import-marc; Python modules are called import_marc.
        sys.argv[1] = sys.argv[1].replace("-", "_") if not sys.argv[1].startswith("-") else sys.argv[1]
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
