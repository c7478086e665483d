"""Order, folding and endings of Kazakh."""

import random
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.core.text.kazakh import (
    ALPHABET,
    Ending,
    compare,
    fold,
    is_front,
    last_number_word,
    repair_homoglyphs,
    sort_key,
    suffix_variant,
    with_ending,
)

KAZAKH_TEXT = st.text(alphabet=ALPHABET + ALPHABET.lower() + " -«»0123456789abcXYZ", max_size=30)


def test_alphabet_has_42_letters():
    assert len(set(ALPHABET)) == 42


def test_sort_key_orders_the_alphabet():
    letters = list(ALPHABET)
    random.Random(1).shuffle(letters)
    assert "".join(sorted(letters, key=sort_key)) == ALPHABET
    assert "".join(sorted(ALPHABET.lower(), key=sort_key)) == ALPHABET.lower()


def test_sort_key_orders_words_as_a_kazakh_register_does():
    words = [
        "7-сынып", "11-сынып", "Абай", "Аққу", "Әуезов", "Бөкей", "Гоголь", "Ғабит", "Ёлка", "Жол", "Қан",
        "Ләйлә", "Ұлпан", "Үркер", "Хан", "Һарун", "Ыбырай", "Ілияс", "Эпос", "Яссауи", "Abai", "Zebra",
    ]  # fmt: skip
    shuffled = list(words)
    random.Random(2).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == words


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("абай", "АБАЙ"),
        ("«Абай жолы»", "Абай жолы"),
        ("Абай  жолы", "абай жолы"),
        ("Aбай", "Абай"),
        ("é", "e"),
    ],
)
def test_sort_key_ignores_case_quotes_and_lookalikes(left, right):
    assert sort_key(left) == sort_key(right)
    assert compare(left, right) == 0


def test_sort_key_puts_a_shorter_title_first():
    assert sort_key("Абай") < sort_key("Абай жолы") < sort_key("Абайдың әні")


def test_sqlite_collation_agrees_with_stored_key():
    words = ["Үркер", "Ұлпан", "Әже", "Яссауи", "абай", "Ілияс", "Иван", "Йод"]
    connection = sqlite3.connect(":memory:")
    connection.create_collation("kazakh", compare)
    connection.execute("CREATE TABLE word (text, key)")
    connection.executemany("INSERT INTO word VALUES (?, ?)", [(word, sort_key(word)) for word in words])
    by_collation = connection.execute("SELECT text FROM word ORDER BY text COLLATE kazakh").fetchall()
    by_key = connection.execute("SELECT text FROM word ORDER BY key").fetchall()
    connection.close()
    assert by_collation == by_key
    assert [text for (text,) in by_key] == ["абай", "Әже", "Иван", "Йод", "Ұлпан", "Үркер", "Ілияс", "Яссауи"]


@given(KAZAKH_TEXT, KAZAKH_TEXT)
def test_compare_is_a_mirror(left, right):
    assert compare(left, right) == -compare(right, left)


@given(st.text(max_size=40))
def test_pure_functions_take_any_text(text):
    sort_key(text)
    assert repair_homoglyphs(repair_homoglyphs(text)) == repair_homoglyphs(text)
    fold(text)


@given(KAZAKH_TEXT)
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Құнанбайұлы", "кунанбайулы"),
        ("Мұхтар Әуезов", "мухтар ауезов"),
        ("ҮІҢҒӨҺ", "уингох"),
        ("Ёж", "еж"),
        ("əдебиет", "адебиет"),
        ("Кiтап", "китап"),
    ],
)
def test_fold_gives_what_a_keyboard_without_kazakh_letters_types(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("broken", "whole"),
    [("Aбай", "Абай"), ("Әуeзов", "Әуезов"), ("əдебиет", "әдебиет"), ("кiтап", "кітап"), ("Hұрлан", "Нұрлан"),
     ("Аbai", "Abai"), ("Abai", "Abai"), ("Абай", "Абай"), ("IT сынып", "IT сынып"), ("", "")],
)  # fmt: skip
def test_repair_homoglyphs(broken, whole):
    assert repair_homoglyphs(broken) == whole


@pytest.mark.parametrize(
    ("stem", "ending", "word"),
    [
        ("7-сынып", Ending.DATIVE, "7-сыныпқа"),
        ("мектеп", Ending.DATIVE, "мектепке"),
        ("бала", Ending.DATIVE, "балаға"),
        ("үй", Ending.DATIVE, "үйге"),
        ("су", Ending.DATIVE, "суға"),
        ("би", Ending.DATIVE, "биге"),
        ("тарих", Ending.DATIVE, "тарихқа"),
        ("клуб", Ending.DATIVE, "клубқа"),
        ("сентябрь", Ending.DATIVE, "сентябрьге"),
        ("кітап", Ending.PLURAL, "кітаптар"),
        ("бала", Ending.PLURAL, "балалар"),
        ("мұғалім", Ending.PLURAL, "мұғалімдер"),
        ("қыз", Ending.PLURAL, "қыздар"),
        ("үй", Ending.PLURAL, "үйлер"),
        ("оқырман", Ending.GENITIVE, "оқырманның"),
        ("кітап", Ending.GENITIVE, "кітаптың"),
        ("жыл", Ending.GENITIVE, "жылдың"),
        ("биология", Ending.GENITIVE, "биологияның"),
        ("оқу", Ending.GENITIVE, "оқудың"),
        ("адам", Ending.ACCUSATIVE, "адамды"),
        ("бала", Ending.ACCUSATIVE, "баланы"),
        ("кітап", Ending.ACCUSATIVE, "кітапты"),
        ("ауыл", Ending.LOCATIVE, "ауылда"),
        ("мектеп", Ending.LOCATIVE, "мектепте"),
        ("заң", Ending.ABLATIVE, "заңнан"),
        ("Астана", Ending.ABLATIVE, "Астанадан"),
        ("дос", Ending.INSTRUMENTAL, "доспен"),
        ("қаз", Ending.INSTRUMENTAL, "қазбен"),
        ("ел", Ending.INSTRUMENTAL, "елмен"),
        ("кітапхана", Ending.LOCATIVE_ATTRIBUTE, "кітапханадағы"),
        (1, Ending.DATIVE, "1-ге"),
        (6, Ending.DATIVE, "6-ға"),
        (10, Ending.DATIVE, "10-ға"),
        (40, Ending.DATIVE, "40-қа"),
        (100, Ending.DATIVE, "100-ге"),
        (1000, Ending.DATIVE, "1000-ға"),
        (2025, Ending.LOCATIVE, "2025-те"),
        (6, Ending.ORDINAL, "6-шы"),
        (7, Ending.ORDINAL, "7-ші"),
        (30, Ending.ORDINAL, "30-шы"),
    ],
)
def test_with_ending(stem, ending, word):
    assert with_ending(stem, ending) == word


@pytest.mark.parametrize(
    ("word", "ending", "suffix"),
    [("мектебі", Ending.DATIVE, "не"), ("баласы", Ending.LOCATIVE, "нда"), ("баласы", Ending.ABLATIVE, "нан"),
     ("мектебі", Ending.ACCUSATIVE, "н"), ("мектебі", Ending.GENITIVE, "нің")],
)  # fmt: skip
def test_suffix_variant_after_a_possessive(word, ending, suffix):
    assert suffix_variant(word, ending, possessed=True) == suffix


@given(st.text(alphabet=ALPHABET.lower(), min_size=1, max_size=12), st.sampled_from(list(Ending)))
def test_suffix_variant_agrees_in_harmony(word, ending):
    suffix = suffix_variant(word, ending)
    assert suffix
    if ending is not Ending.INSTRUMENTAL:
        assert any(letter in suffix for letter in ("еі" if is_front(word) else "аы"))


@given(st.integers(0, 10**10), st.sampled_from(list(Ending)))
def test_suffix_variant_after_a_number_follows_its_last_word(number, ending):
    assert suffix_variant(number, ending) == suffix_variant(last_number_word(number), ending)
