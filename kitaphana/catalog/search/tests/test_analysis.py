"""Words, ISBNs and hints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.catalog.search import analysis
from kitaphana.catalog.search.hints import read_hints
from kitaphana.catalog.search.isbn import compact, forms, to_13
from kitaphana.catalog.search.name_variants import variant_class
from kitaphana.core.text.skeleton import skeleton


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("7-сынып", ["7", "сынып"]),
        ("7сынып", ["7", "сынып"]),
        ("Қозы Көрпеш – Баян сұлу", ["қозы", "көрпеш", "баян", "сұлу"]),
        ("Aбай", ["абай"]),
        ("ёлка", ["елка"]),
        ("пере\u00adнос", ["перенос"]),
        ("за́мок", ["замок"]),
        ("«Оян, қазақ!»", ["оян", "қазақ"]),
        ("", []),
    ],
)
def test_tokens(text, tokens):
    assert analysis.tokens(analysis.normalise(text)) == tokens


def test_hyphenated_words_also_count_as_one():
    assert [word.surface for word in analysis.words("Момыш-ұлы")] == ["момыш", "ұлы", "момышұлы"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("кітаптарымыздан", "кітап"),
        ("белых", "белые"),
        ("ночей", "ночи"),
        ("людей", "человек"),
        ("adventures", "adventure"),
    ],
)
def test_forms_share_a_stem(one, other):
    assert set(analysis.word(one).stems) & set(analysis.word(other).stems)


def test_the_cache_is_bounded(monkeypatch):
    monkeypatch.setattr(analysis, "_CACHE_WORDS", 10)
    for number in range(100):
        analysis.word(f"сөз{'а' * number}")
    assert len(analysis._young) + len(analysis._old) <= 20_000 + 10


@given(st.text(max_size=60))
def test_analysis_takes_any_text(text):
    for word in analysis.words(text):
        assert word.surface
        assert " " not in word.surface
        assert " " not in word.skeleton
    analysis.text_skeleton(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("978-601-7002-01-5", "9786017002015"),
        ("ISBN 5-605-00033-X", "560500033X"),
        ("абай", ""),
        ("7 сынып", ""),
        ("", ""),
    ],
)
def test_compact_isbn(text, digits):
    assert compact(text) == digits


def test_isbn_forms():
    assert to_13("5605000330") == "9785605000334"
    assert set(forms("978-5-605-00033-4")) == {"9785605000334", "5605000330"}
    assert set(forms("5-605-00033-0 (қатты мұқаба)")) == {"5605000330", "9785605000334"}
    assert forms("жоқ") == ()


@pytest.mark.parametrize(
    ("text", "grade", "language", "kind"),
    [
        ("алгебра 7 сынып", 7, "kk", "TEXTBOOK"),
        ("алгебра 7-сыныпқа оқулық", 7, "kk", "TEXTBOOK"),
        ("алгебра 7 класс", 7, "ru", "TEXTBOOK"),
        ("algebra 7 synyp", 7, "kk", "TEXTBOOK"),
        ("учебник физики", None, "ru", "TEXTBOOK"),
        ("классика", None, "", ""),
        ("өлең", None, "kk", ""),
        ("журнал жұлдыз", None, "kk", "PERIODICAL"),
    ],
)
def test_hints(text, grade, language, kind):
    hints = read_hints(analysis.words(text))
    assert (hints.grade, hints.language, hints.kind) == (grade, language, kind)


def test_name_variants():
    assert variant_class(skeleton("Жансүгіров")) == variant_class(skeleton("Джансугуров")) != ""
    assert variant_class(skeleton("Шыңғыс")) == variant_class(skeleton("Чингиз"))
    assert variant_class(skeleton("Ешкім")) == ""
