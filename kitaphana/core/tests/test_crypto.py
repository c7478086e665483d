"""Personal data at rest: read back only with the same secret, found without being read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.core import crypto


@pytest.fixture
def _another_secret_later() -> Iterator[None]:
    """Keys are derived once in a process; a test that changes the secret starts and ends with none."""
    crypto._key.cache_clear()
    yield
    crypto._key.cache_clear()


@given(st.text())
def test_decrypt_gives_back_what_was_encrypted(text: str) -> None:
    data = crypto.encrypt(text)
    assert crypto.decrypt(data) == crypto.decrypt(memoryview(data)) == text


def test_encrypt_hides_the_text_and_that_two_are_equal() -> None:
    one, other = crypto.encrypt("880101300123"), crypto.encrypt("880101300123")
    assert one != other
    assert b"880101300123" not in one


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_decrypt_refuses_changed_data(place: int) -> None:
    data = bytearray(crypto.encrypt("880101300123"))
    data[place] ^= 1
    with pytest.raises(InvalidTag):
        crypto.decrypt(bytes(data))


@pytest.mark.usefixtures("_another_secret_later")
def test_another_secret_reads_nothing_and_finds_nothing(settings: Any) -> None:
    data, index = crypto.encrypt("880101300123"), crypto.blind_index("880101300123")
    settings.SECRET_KEY = "another secret"
    crypto._key.cache_clear()
    assert crypto.blind_index("880101300123") != index
    with pytest.raises(InvalidTag):
        crypto.decrypt(data)


@given(st.text(), st.text())
def test_blind_index_is_equal_for_equal_texts_only(one: str, other: str) -> None:
    assert (crypto.blind_index(one) == crypto.blind_index(other)) is (one == other)
    assert len(crypto.blind_index(one)) == 64
