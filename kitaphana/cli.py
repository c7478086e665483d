"""The ``kitaphana`` command: a thin entrance to Django's management commands, which live in their domains."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run ``kitaphana COMMAND …``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitaphana.project.settings")
    if sys.argv[1:2] == ["serve"]:
        # The parent of the web processes needs no Django: it stays small.
        from kitaphana.project.serve import main as serve

        serve(sys.argv[2:])
        return
    from django.core.management import execute_from_command_line  # after the settings are named

    sys.argv[0] = "kitaphana"
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        # Outsiders type import-marc; Python modules are called import_marc.
        sys.argv[1] = sys.argv[1].replace("-", "_")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
