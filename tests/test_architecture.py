"""What import-linter cannot see: foreign keys, templates, ModelAdmin, the clock, the environment."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from django.apps import apps

PACKAGE = Path(__file__).parent.parent / "kitaphana"
with (PACKAGE.parent / "pyproject.toml").open("rb") as _file:
    _CONTRACTS = tomllib.load(_file)["tool"]["importlinter"]["contracts"]
LAYERS = [
    {name.strip() for name in line.split("|")}
    for line in reversed(next(one["layers"] for one in _CONTRACTS if one["type"] == "layers"))
]
"""The layers that import-linter holds, lowest first."""
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}


def test_foreign_keys_point_downwards() -> None:
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in HEIGHT
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model._meta.app_label in HEIGHT
        if HEIGHT[field.related_model._meta.app_label] > HEIGHT[model._meta.app_label]
    ]
    assert wrong == []


def test_templates_include_only_what_lies_below() -> None:
    wrong = []
    for path in PACKAGE.glob("*/templates/**/*.html"):
        app = path.relative_to(PACKAGE).parts[0]
        for name in re.findall(r'{%\s*(?:extends|include)\s+"([^"/]+)/', path.read_text(encoding="utf-8")):
            owner = {"components": "core"}.get(name, name)
            if owner in HEIGHT and HEIGHT[owner] > HEIGHT[app]:
                wrong.append(f"{path}: {name}")
    assert wrong == []


def _lines_with(pattern: str, *allowed: str) -> list[str]:
    found = []
    for path in PACKAGE.rglob("*.py"):
        name = str(path.relative_to(PACKAGE))
        if "/tests/" in name or name in allowed:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{name}:{number}: {line.strip()}")
    return found


def test_only_the_clock_reads_the_clock() -> None:
    assert _lines_with(r"timezone\.now\(|datetime\.now\(|date\.today\(|timezone\.localdate\(", "core/clock.py") == []


def test_only_options_read_the_environment() -> None:
    allowed = ("project/options.py", "project/wsgi.py", "project/test_settings.py", "cli.py", "project/serve.py")
    assert _lines_with(r"os\.environ|os\.getenv", *allowed) == []


def test_no_signals_and_no_model_admin() -> None:
    assert _lines_with(r"@receiver|\.connect\(\w+_handler|ModelAdmin") == []


def test_no_inline_scripts_or_styles() -> None:
    wrong = []
    for path in PACKAGE.glob("*/templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        if re.search(
            r"<script(?![^>]*\b(src|type=\"application/(?:ld\+)?json\"))|<style|\sstyle=|\son(click|load|change|submit)=",
            text,
        ):
            wrong.append(str(path))
    assert wrong == []
