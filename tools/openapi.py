"""Writes docs/reference: the OpenAPI file of the REST API and the list of error codes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitaphana.project.settings")
os.environ.setdefault("KITAPHANA_LOG", "ERROR")

FOLDER = Path(__file__).parent.parent / "docs" / "reference"


def openapi() -> str:
    """The OpenAPI description as it is kept in the repository."""
    from django.utils.translation import override

    from kitaphana.api.urls import api

    with override("en"):
        plain = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _refusals(parent: type[Any]) -> list[type[Any]]:
    found = []
    for child in parent.__subclasses__():
        found += [child, *_refusals(child)]
    return found


def errors() -> str:
    """Every stable code of a refusal with its status, sentence and advice."""
    from importlib import import_module

    from django.apps import apps
    from django.utils.translation import override

    from kitaphana.core.errors import DomainError

    for app in apps.get_app_configs():
        if app.name.startswith("kitaphana.") and (Path(app.path) / "errors.py").exists():
            import_module(f"{app.name}.errors")
    lines = [
        "# Codes of refusals",
        "",
        "Made by `make schema` from the program. `code` is stable; sentence and advice come in the caller's language.",
        "",
        "| code | status | sentence | advice |",
        "|---|---|---|---|",
    ]
    with override("en"):
        rows = {
            (one.code, one.status, str(one.message), str(one.advice))
            for one in _refusals(DomainError)
            if "code" in vars(one) and one.__module__.startswith("kitaphana.")
        }
    lines += [
        f"| `{code}` | {status} | {message} | {advice} |".replace("  ", " ")
        for code, status, message, advice in sorted(rows)
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import django

    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "openapi.json").write_text(openapi(), encoding="utf-8")
    (FOLDER / "errors.md").write_text(errors(), encoding="utf-8")
