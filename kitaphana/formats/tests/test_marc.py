from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given

from kitaphana.formats import marc
from kitaphana.formats.marc import MESSAGES, Field, LineError, MarcRecord, Subfield
from kitaphana.formats.tests.records import LEADER, RECORDS, record


def test_json_is_marc_in_json() -> None:
    one = record("=001 x1", "=245 10$aАбай жолы$bроман")
    assert one.to_json() == {
        "leader": LEADER,
        "fields": [
            {"001": "x1"},
            {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": "Абай жолы"}, {"b": "роман"}]}},
        ],
    }


@given(RECORDS)
def test_json_there_and_back_is_the_same(one: MarcRecord) -> None:
    assert MarcRecord.from_json(json.loads(json.dumps(one.to_json()))) == one


@given(RECORDS)
def test_text_there_and_back_is_the_same(one: MarcRecord) -> None:
    assert MarcRecord.from_text(one.to_text()) == one
    assert MarcRecord.from_text(one.to_text().replace("\n", "\r\n")) == one


@pytest.mark.parametrize("value", ["5 $", "{dollar}", "{lcub}dollar}", "two\nlines\r\n", "{", "{lf}", "  ", ""])
def test_text_keeps_letters_that_mean_something_in_it(value: str) -> None:
    one = MarcRecord(LEADER, [Field("001", data=value), Field("500", " ", " ", [Subfield("a", value)])])
    text = one.to_text()
    assert len(text.split("\n")) == 3
    assert MarcRecord.from_text(text) == one


@pytest.mark.parametrize(
    "data", [{}, {"leader": "x"}, {"leader": "x", "fields": [{"1": 1}]}, {"leader": "", "fields": [{}]}]
)
def test_from_json_of_something_else_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="MARC-in-JSON"):
        MarcRecord.from_json(data)


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        (f"=LDR {LEADER}\n=245 10$aX\n?", 3, "marc.line_without_tag"),
        ("=LDR short", 1, "marc.line_bad_leader"),
        ("=001 x\n\n=245 10", 3, "marc.line_without_subfields"),
        ("=245 1$aX", 1, "marc.line_without_subfields"),
        ("=245 10$aX$", 1, "marc.line_bad_subfield"),
        ("=245 10$ aX", 1, "marc.line_bad_subfield"),
        ("=245 10$әX", 1, "marc.line_bad_subfield"),
    ],
)
def test_from_text_names_the_line_of_a_mistake(text: str, number: int, code: str) -> None:
    with pytest.raises(LineError) as caught:
        MarcRecord.from_text(text)
    assert (caught.value.number, caught.value.code) == (number, code)
    assert caught.value.message == MESSAGES[code]


def test_from_text_takes_what_people_type() -> None:
    one = MarcRecord.from_text(" \n245 1\\$aX\n=650 #4$aY")
    assert one.leader == "00000nam a2200000   4500"
    assert one.fields == [Field("245", "1", " ", [Subfield("a", "X")]), Field("650", " ", "4", [Subfield("a", "Y")])]


def test_fields_are_found_added_and_removed() -> None:
    one = record("=001  x ", "=003 KZ", "=245 10$aX$bY$bZ", "=650 #4$aA", "=650 #4$aB", "=700 1#$aC")
    assert (one.control_number, one.agency) == ("x", "KZ")
    title = one.first("245")
    assert title is not None
    assert (title.get("b"), title.get("q"), title.all("ab"), title.is_control) == ("Y", None, ["X", "Y", "Z"], False)
    assert [field.get("a") for field in one.all("650", "700")] == ["A", "B", "C"]
    one.add(Field("300", subfields=[Subfield("a", "5 б.")]))
    assert [field.tag for field in one.fields] == ["001", "003", "245", "300", "650", "650", "700"]
    one.remove("650", "300")
    assert [field.tag for field in one.fields] == ["001", "003", "245", "700"]
    assert MarcRecord(LEADER).control_number == MarcRecord(LEADER).agency == ""
    assert one.first("999") is None


def test_every_code_in_use_has_a_sentence_and_every_sentence_a_use() -> None:
    folder = Path(marc.__file__).parent
    # What marc21 finds has its sentences in the catalogue (catalog/tests/test_marc_editor.py).
    texts = [path.read_text() for path in folder.glob("*.py") if path.name not in {"marc.py", "marc21.py"}]
    texts.append((folder / "marc.py").read_text().split("MESSAGES: Final")[0])
    assert set(re.findall(r'"(marc\.\w+)"', "".join(texts))) == set(MESSAGES)
