"""Names of people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonName:
    """Surname, given name and patronymic; the last two may be empty."""

    surname: str
    given_name: str = ""
    patronymic: str = ""
