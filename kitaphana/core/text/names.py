"""Names of people: parts, how to write them, and a key under which their spellings meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kitaphana.core.text.kazakh import repair_homoglyphs
from kitaphana.core.text.skeleton import name_skeleton

_PATRONYMIC: Final = re.compile(r"(ұлы|улы|uly|ūly|қызы|кызы|qyzy|kyzy|ович|евич|ич|овна|евна|ична)$", re.IGNORECASE)
_PARTICLES: Final = frozenset({"ұлы", "улы", "қызы", "кызы", "uly", "qyzy", "kyzy", "оғлы", "оглы"})
_INITIAL: Final = re.compile(r"^[^\W\d_]{1,2}\.$")
_WORDS: Final = re.compile(r"[^\W_]+(?:[-'’ʼ][^\W_]+)*\.?")


@dataclass(frozen=True, slots=True)
class PersonName:
    """Surname, given name and patronymic; the last two may be empty (some people have one name only)."""

    surname: str
    given_name: str = ""
    patronymic: str = ""

    @property
    def full(self) -> str:
        """«Әуезов Мұхтар Омарханұлы»."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def short(self) -> str:
        """«Әуезов М. О.»; the patronymic counts only beside a given name."""
        initials = [f"{part[0].upper()}." for part in (self.given_name, self.patronymic) if part]
        return " ".join([self.surname, *initials]) if self.surname else self.full

    @property
    def heading(self) -> str:
        """«Әуезов, Мұхтар Омарханұлы», as a catalogue card or MARC 100 writes it."""
        rest = " ".join(part for part in (self.given_name, self.patronymic) if part)
        return f"{self.surname}, {rest}" if self.surname and rest else self.surname or rest

    @classmethod
    def parse(cls, text: str) -> PersonName:
        """Read «Surname Given Patronymic», «Surname, Given Patronymic», «Әуезов М. О.» or «М. О. Әуезов».

        A patronymic written apart («Мұхтар ұлы») or with a hyphen stays one part. Never raises: what cannot
        be told apart becomes the surname.
        """
        return parse_name(text)

    def __str__(self) -> str:
        return self.full


def _join_particles(words: list[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if joined and word.casefold() in _PARTICLES:
            joined[-1] = f"{joined[-1]} {word}"
        else:
            joined.append(word)
    return joined


def _split_words(text: str) -> list[str]:
    # «М.О.» is two initials.
    spaced = re.sub(r"\.(?=[^\W\d_])", ". ", text)
    words = []
    for word in _WORDS.findall(spaced):
        keep_dot = _INITIAL.match(word) is not None
        words.append(word if keep_dot else word.rstrip("."))
    return _join_particles([word for word in words if word])


def parse_name(text: str) -> PersonName:
    """See :meth:`PersonName.parse`."""
    text = " ".join(repair_homoglyphs(text).split())
    head, comma, tail = text.partition(",")
    if comma:
        surname = " ".join(_split_words(head))
        rest = _split_words(tail)
        if not surname:
            return parse_name(tail)
        return PersonName(surname, rest[0] if rest else "", " ".join(rest[1:]))
    words = _split_words(text)
    if not words:
        return PersonName("")
    initials_first = 0
    while initials_first < len(words) and _INITIAL.match(words[initials_first]):
        initials_first += 1
    if 0 < initials_first < len(words):
        initials, surname = words[:initials_first], " ".join(words[initials_first:])
        return PersonName(surname, initials[0], " ".join(initials[1:]))
    if len(words) == 3 and _PATRONYMIC.search(words[1]) and not _PATRONYMIC.search(words[2]):
        # «Мұхтар Омарханұлы Әуезов».
        return PersonName(words[2], words[0], words[1])
    if len(words) == 2 and _PATRONYMIC.search(words[1]) and not _PATRONYMIC.search(words[0]):
        # A Kazakh name without a surname: «Сәбит Оразұлы» is a given name and a patronymic used as a surname.
        return PersonName(words[1], words[0])
    return PersonName(words[0], words[1] if len(words) > 1 else "", " ".join(words[2:]))


def name_key(text: str) -> str:
    """A folded key for finding people: the same for Kazakh, Russian and Latin spellings and for any order.

    «Құнанбайұлы Абай», «Абай Кунанбаев» and «Abai Qunanbaiuly» have one key. Use it as a stored column and
    look for the key's words separately; it is not unique.
    """
    words = (
        name_skeleton(word.rstrip(".")) for word in re.findall(r"[^\W_]+(?:['’ʼ][^\W_]+)*", repair_homoglyphs(text))
    )
    return " ".join(sorted(word for word in words if word))
