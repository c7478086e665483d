"""Kazakh stems: every row of endings, agreement with a treebank."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.catalog.search.evaluate import conflation, nominal_forms
from kitaphana.catalog.search.kazakh_stemmer import default_lexicon, stem, strip_skeleton
from kitaphana.core.text.kazakh import ALPHABET, Ending, suffix_variant
from kitaphana.core.text.skeleton import skeleton

SAMPLES = Path(os.environ.get("KITAPHANA_SAMPLES", Path(__file__).parents[5] / "shared/samples"))
TREEBANK = SAMPLES / "text-kk/kk_ktb-ud-train.conllu"

NOMINAL_ENDINGS = [ending for ending in Ending if ending is not Ending.ORDINAL]
STEMS = ["бала", "мектеп", "жұлдыз", "өлең", "қала", "дәптер", "ауыл", "мұғалім", "үй", "дос"]


@pytest.mark.parametrize("word", STEMS)
@pytest.mark.parametrize("ending", NOMINAL_ENDINGS)
def test_every_ending_comes_off_every_stem(word, ending):
    assert stem(word + suffix_variant(word, ending)) == word


@pytest.mark.parametrize("word", STEMS)
@pytest.mark.parametrize("ending", NOMINAL_ENDINGS)
def test_case_comes_off_after_plural_and_possessive(word, ending):
    plural = word + suffix_variant(word, Ending.PLURAL)
    if ending is not Ending.PLURAL:
        assert stem(plural + suffix_variant(plural, ending)) == word
        owned = plural + ("і" if plural[-2] == "е" else "ы")
        assert stem(owned + suffix_variant(owned, ending, possessed=True)) == word


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("кітабы", "кітап"),
        ("кітаптарымыздан", "кітап"),
        ("мектебіңізде", "мектеп"),
        ("балаларымызға", "бала"),
        ("халқы", "халық"),
        ("халқымыздың", "халық"),
        ("орны", "орын"),
        ("орын", "орын"),
        ("аузымен", "ауыз"),
        ("көңілі", "көңіл"),
        ("әкесінің", "әке"),
        ("қаласындағы", "қала"),
        ("үйдегі", "үй"),
        ("жолында", "жол"),
        ("қозғалысы", "қозғалыс"),
        ("адамның", "адам"),
        ("ғылымның", "ғылым"),
        ("көгі", "көк"),
        ("тарихынан", "тарих"),
        ("сөздерінен", "сөз"),
        ("еліміздің", "ел"),
        ("суында", "су"),
        ("баласы", "бала"),
        ("жасы", "жас"),
        ("жаны", "жан"),
        ("оқушыларының", "оқушы"),
        ("атымды", "ат"),
    ],
)
def test_stem(form, expected):
    assert stem(form) == expected


@pytest.mark.parametrize(
    "word", ["адам", "әлем", "қалам", "орын", "қозғалыс", "жұмыс", "дос", "балалық", "жазушы", "алтын"]
)
def test_words_that_look_inflected_stay(word):
    assert stem(word) == word


def test_endings_that_make_words_stay():
    assert stem("балалық") != stem("бала")
    assert stem("тілші") != stem("тіл")
    assert stem("сусыз") != stem("су")


def test_lexicon_can_be_given():
    assert stem("кешені", frozenset({"кешен"})) == "кешен"
    assert stem("ғылымның", ()) == stem("ғылым", ())


@given(st.text(alphabet=ALPHABET.lower(), max_size=20))
def test_stem_takes_any_word_and_leaves_something(word):
    assert bool(stem(word)) == bool(word)


def test_lexicon_words_are_their_own_stems():
    devoiced = str.maketrans("бгғ", "пкқ")
    for word in default_lexicon():
        assert stem(word) == word[:-1] + word[-1].translate(devoiced) or len(word) < 3, word


@pytest.mark.parametrize(
    "forms",
    [("кітаптарымыздан", "кітап"), ("сөздерінен", "сөз"), ("балалардың", "бала"), ("мектебінде", "мектеп")],
)
def test_strip_skeleton_joins_forms_without_harmony(forms):
    assert len({strip_skeleton(skeleton(form)) for form in forms}) == 1


@pytest.mark.skipif(
    not TREEBANK.exists() and not os.environ.get("CI"), reason="the shared samples are not on this machine"
)
def test_conflation_on_the_treebank():
    forms = nominal_forms(TREEBANK)
    assert len(forms) > 150
    with_lexicon = conflation(forms, stem)
    without = conflation(forms, lambda form: stem(form, ()))
    assert with_lexicon.f1 >= 0.95
    assert with_lexicon.precision >= 0.95
    assert without.f1 >= 0.92
