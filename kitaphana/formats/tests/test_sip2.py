"""Messages of SIP2."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.formats import sip2
from kitaphana.formats.sip2 import Message, SipError


def test_a_login_with_error_detection() -> None:
    line = b"9300CNLoginUserID|COLoginPassword|CPLocationCode|AY5AZEC7B"
    message = sip2.parse(line)
    assert (message.code, message.fixed, message.sequence) == ("93", "00", 5)
    assert message.fields == [("CN", "LoginUserID"), ("CO", "LoginPassword"), ("CP", "LocationCode")]
    assert sip2.build(message) == line + b"\r"


def test_without_error_detection() -> None:
    message = sip2.parse(b"9900302.00\r\n")
    assert (message.fixed, message.sequence) == ("00302.00", None)
    assert sip2.build(Message("94", "1")) == b"941\r"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "garbage"), (b"xx", "garbage"), (b"93", "garbage"), (b"7700", "unknown"), (b"9" * 9000, "garbage"),
        (b"9300CNLoginUserID|COLoginPassword|CPLocationCode|AY5AZEC79", "checksum"), (b"\xff\xfe\x00", "garbage"),
    ],
)  # fmt: skip
def test_what_is_no_message(line: bytes, code: str) -> None:
    with pytest.raises(SipError) as refused:
        sip2.parse(line)
    assert refused.value.code == code


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(line: bytes) -> None:
    try:
        found = sip2.parse(line).code
    except SipError as refused:
        found = refused.code
    assert found


VALUE = st.text(alphabet=st.characters(exclude_characters="|", exclude_categories=("C", "Z")), max_size=30)
NAME = st.sampled_from(["AA", "AB", "AF", "AJ", "AO"])


@given(st.lists(st.tuples(NAME, VALUE), max_size=6), st.one_of(st.none(), st.integers(0, 9)))
def test_what_is_built_is_read_again(fields: list[tuple[str, str]], sequence: int | None) -> None:
    message = Message("36", "Y" + sip2.stamp(datetime(2026, 9, 10, 7, 5, 1, tzinfo=UTC)), fields, sequence)
    line = sip2.build(message)
    assert line.endswith(b"\r")
    again = sip2.parse(line)
    assert (again.code, again.fixed, again.sequence) == (message.code, message.fixed, sequence)
    assert again.fields == fields


def test_kazakh_text_in_both_encodings() -> None:
    fields = [("AJ", "Қара сөз"), ("AE", "Әуезов Мұхтар")]
    message = Message("36", "Y" + sip2.stamp(datetime(2026, 9, 10, tzinfo=UTC)), fields)
    assert sip2.parse(sip2.build(message)).fields == fields
    # A code page without Kazakh letters says so by question marks instead of breaking the line.
    assert sip2.parse(sip2.build(message, "cp1251"), "cp1251").get("AE") == "?уезов М?хтар"


def test_windows_of_items() -> None:
    values = ["a", "b", "c"]
    assert sip2.window(values, "", "") == values
    assert sip2.window(values, "2", "2") == ["b"]
    assert sip2.window(values, "0", "x") == values
    assert sip2.window(values, "9", "12") == []
