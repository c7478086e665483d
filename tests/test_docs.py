"""What the documents say is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands, load_command_class

from kitaphana.project.options import OPTIONS

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_option_is_documented_as_it_is() -> None:
    text = (ROOT / "docs/administration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `?([^`|]*?)`? \| ", text, re.MULTILINE))
    assert rows == {option.name: option.default for option in OPTIONS}
    for option in OPTIONS:
        assert option.meaning in text


def test_commands_of_the_documents_exist() -> None:
    known = get_commands() | {"serve": "kitaphana.project"}
    wrong = []
    for path in DOCUMENTS:
        for name in re.findall(
            r"(?:^|`|bin/)kitaphana ([a-z][a-z0-9-]+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            wrong += [(path.name, name)] if name.replace("-", "_") not in known else []
    assert wrong == []


def test_options_of_the_documented_commands_exist() -> None:
    known = get_commands()
    text = (ROOT / "docs/administration.md").read_text(encoding="utf-8")
    wrong = []
    for name, rest in re.findall(r"`kitaphana ([a-z0-9-]+)([^`]*)`", text):
        if name == "serve":
            continue
        command = name.replace("-", "_")
        parser = load_command_class(known[command], command).create_parser("kitaphana", command)
        offered = {option for action in parser._actions for option in action.option_strings}
        wrong += [(name, option) for option in re.findall(r"--[a-z-]+", rest) if option not in offered]
    assert wrong == []


def test_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    wrong = [
        (path.name, target)
        for path in DOCUMENTS
        for target in re.findall(r"(?:^ {4}|`)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if target not in targets
    ]
    assert wrong == []


def test_links_between_documents_lead_somewhere() -> None:
    wrong = []
    for path in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            is_lost = not link.startswith("http") and not (path.parent / link).exists()
            wrong += [(path.name, link)] if is_lost else []
    assert wrong == []


def test_requirements_point_at_tests_that_exist() -> None:
    text = (ROOT / "docs/requirements.md").read_text(encoding="utf-8")
    wrong = []
    for path, name in re.findall(r"`([\w/.-]+\.py)(?:::(\w+))?`", text):
        file = ROOT / path
        if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
            wrong.append((path, name))
    assert wrong == []
    assert len(re.findall(r"\.py", text)) > 30
