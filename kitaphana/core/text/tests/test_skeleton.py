"""One letter space for all scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.core.text.kazakh import ALPHABET, fold
from kitaphana.core.text.skeleton import name_skeleton, skeleton

LETTERS = ALPHABET.lower()
# One row a system, in the order of the alphabet; «_» for a letter the system does not write.
SYSTEMS = {
    "latin 2021": "a ä b v g ğ d e io j z i i k q l m n ñ o ö "
    "p r s t u ū ü f h h ts ch ş ş _ y ı _ e iu ia",
    "latin 2019": "a á b v g ǵ d e yo j z i y k q l m n ŋ o ó "
    "p r s t w u ú f h h ts ch sh shch _ y i _ e yu ya",
    "latin 2018": "a á b v g ǵ d e ıo j z ı ı k q l m n ń o ó "
    "p r s t ý u ú f h h ts ch sh shch _ y i _ e ıý ıa",
    "latin 2017": "a a' b v g g' d e io j z i' i' k q l m n n' o o' "
    "p r s t y' u u' f h h ts c' s' s'c' _ y i _ e i'y' i'a",
    "romanised": "a a b v g gh d e yo zh z i y k q l m n n o o "
    "p r s t u u u f kh h ts ch sh shch _ y i _ e yu ya",
    "tote": "ا ٴا ب ۆ گ ع د ە يو ج ز ي ي ك ق ل م ن ڭ و ٴو "
    "پ ر س ت ۋ ۇ ٴۇ ف ح ھ تس چ ش شش _ ى ٴى _ ە يۋ يا",
}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_letter_has_one_skeleton_in_every_system(system):
    row = SYSTEMS[system].split()
    assert len(row) == 42
    for letter, written in zip(LETTERS, row, strict=True):
        if written != "_":
            # Between consonants, so that rules for the beginning of a word stay out.
            assert skeleton(f"б{letter}б") == skeleton(f"b{written}b"), letter


@pytest.mark.parametrize("letter", LETTERS)
def test_skeleton_does_not_see_the_keyboard(letter):
    assert skeleton(f"б{letter}б") == skeleton(fold(f"б{letter}б"))
    assert skeleton(f"б{letter}б") == skeleton(f"Б{letter.upper()}Б")


@pytest.mark.parametrize(
    "spellings",
    [
        ("Құнанбайұлы", "Кунанбайулы", "Qunanbaiuly", "Qūnanbaiūly", "قۇنانبايۇلى"),
        ("Уәлиханов", "Валиханов", "Valikhanov"),
        ("Шоқай", "Shoqai", "Şoqai", "شوقاي"),
        ("Мәңгілік", "Мангилик", "Mäñgılık", "Mángilik"),
        ("Джамбул", "Жамбул", "Zhambul"),
        ("Детство", "detstvo"),
    ],
)
def test_spellings_of_one_word(spellings):
    assert len({skeleton(spelling) for spelling in spellings}) == 1


@given(st.text(alphabet=LETTERS + "abcdefghijklmnopqrstuvwxyz'’ğşñ" + "ابتجزقكلمنوۇىە", max_size=16))
def test_skeleton_is_its_own_skeleton(word):
    assert skeleton(skeleton(word)) == skeleton(word)


@given(st.text(max_size=30))
def test_skeleton_takes_any_text(word):
    skeleton(word)
    name_skeleton(word)
