"""Names of people: reading, writing, finding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.core.text.names import PersonName, name_key


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Әуезов Мұхтар Омарханұлы", ("Әуезов", "Мұхтар", "Омарханұлы")),
        ("Әуезов, Мұхтар Омарханұлы", ("Әуезов", "Мұхтар", "Омарханұлы")),
        ("Мұхтар Омарханұлы Әуезов", ("Әуезов", "Мұхтар", "Омарханұлы")),
        ("Әуезов М. О.", ("Әуезов", "М.", "О.")),
        ("Әуезов М.О.", ("Әуезов", "М.", "О.")),
        ("М. О. Әуезов", ("Әуезов", "М.", "О.")),
        ("Ахметова Айгүл Серік қызы", ("Ахметова", "Айгүл", "Серік қызы")),
        ("Момыш-ұлы Бауыржан", ("Момыш-ұлы", "Бауыржан", "")),
        ("Сәбит Оразұлы", ("Оразұлы", "Сәбит", "")),
        ("Құрманғазы", ("Құрманғазы", "", "")),
        ("Толстой Лев Николаевич", ("Толстой", "Лев", "Николаевич")),
        (" Aбай   Құнанбайұлы ", ("Құнанбайұлы", "Абай", "")),
        ("", ("", "", "")),
        (",", ("", "", "")),
    ],
)
def test_parse(text, parts):
    name = PersonName.parse(text)
    assert (name.surname, name.given_name, name.patronymic) == parts


def test_formats():
    name = PersonName("Әуезов", "Мұхтар", "Омарханұлы")
    assert name.full == str(name) == "Әуезов Мұхтар Омарханұлы"
    assert name.short == "Әуезов М. О."
    assert name.heading == "Әуезов, Мұхтар Омарханұлы"
    assert PersonName("Құрманғазы").short == "Құрманғазы"
    assert PersonName("", "Абай").short == "Абай"
    assert PersonName("Әуезов", "М.", "О.").short == "Әуезов М. О."


@pytest.mark.parametrize(
    "spellings",
    [
        ("Құнанбайұлы Абай", "Абай Кунанбаев", "Abai Qunanbaiuly", "Кунанбаев Абай"),
        ("Байтұрсынұлы Ахмет", "Байтурсынов Ахмет", "Baitursynov Ahmet"),
        ("Мұқанов Сәбит", "Муканов Сабит", "Mukanov Sabit"),
        ("Құдайбердіұлы", "Кудайбердиев"),
        ("Ахметова Әсел", "Ахметова Асель"),
    ],
)
def test_name_key_joins_spellings(spellings):
    assert len({name_key(spelling) for spelling in spellings}) == 1


def test_name_key_tells_people_apart():
    assert name_key("Мұқанов Сәбит") != name_key("Мұқатов Сәбит")
    assert name_key("Лев") == "лев"


@given(st.text(max_size=40))
def test_names_take_any_text(text):
    name = PersonName.parse(text)
    assert PersonName.parse(name.full) is not None
    name_key(text)
