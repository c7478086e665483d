"""Every setting of an installation: name, type, default, meaning. Nobody else reads the environment.

A value may also come from a file whose path stands in ``<NAME>_FILE`` (for secrets).
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its environment name, its default as text and what it means."""

    name: str
    default: str
    meaning: str


OPTIONS: tuple[Option, ...] = (
    Option("KITAPHANA_DATA", "./var", "Folder of everything that must be kept: database, files, index, secret."),
    Option("DATABASE_URL", "", "postgresql://user:password@host:port/name; empty: SQLite in the data folder."),
    Option("PORT", "8000", "Port that `make run` and `kitaphana serve` listen on."),
    Option("KITAPHANA_SECRET_KEY", "", "Key of sessions and encryption; empty: made once, kept in the data folder."),
    Option(
        "KITAPHANA_HOSTS", "127.0.0.1,localhost,[::1]", "Host names the site answers to, comma-separated; * for any."
    ),
    Option("KITAPHANA_ORIGINS", "", "Origins (https://…) trusted for forms when a proxy ends TLS, comma-separated."),
    Option("KITAPHANA_HTTPS", "0", "1: cookies only over HTTPS, redirects and HSTS."),
    Option("KITAPHANA_PROXIES", "0", "How many proxies stand in front and append X-Forwarded-For."),
    Option("KITAPHANA_DEBUG", "0", "1: error pages for programmers. Never on a real installation."),
    Option("KITAPHANA_BACKGROUND", "0", "1: this process also does background work; `kitaphana serve` sets it."),
    Option("KITAPHANA_LOG", "INFO", "Level of the log that goes to standard error."),
)

_BY_NAME = {option.name: option for option in OPTIONS}


def get(name: str) -> str:
    """The value of an option as text: the environment, else its file, else the default."""
    option = _BY_NAME[name]
    value = os.environ.get(name)
    if value is None and (path := os.environ.get(f"{name}_FILE")):
        value = Path(path).read_text(encoding="utf-8").strip()
    return option.default if value is None else value


def flag(name: str) -> bool:
    """The value of a yes/no option."""
    return get(name).strip().lower() in {"1", "true", "yes", "on"}


def items(name: str) -> list[str]:
    """The value of a comma-separated option."""
    return [item.strip() for item in get(name).split(",") if item.strip()]


def data_folder() -> Path:
    """The data folder, absolute; it is made when absent."""
    folder = Path(get("KITAPHANA_DATA")).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret_key() -> str:
    """The installation's secret: given, or made once and kept readable by the owner alone."""
    if given := get("KITAPHANA_SECRET_KEY"):
        return given
    path = data_folder() / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(key)
    return key


def database() -> dict[str, object]:
    """Django's description of the database that ``DATABASE_URL`` names."""
    url = get("DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data_folder() / "kitaphana.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A reader who writes later must not find the database changed under it: take the lock first.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
                    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
