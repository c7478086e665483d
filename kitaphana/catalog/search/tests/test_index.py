"""The index: what it finds, how it lives on disk."""

import dataclasses
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.catalog.search import Index, IndexLocked, IndexUnusable, Query, SearchDocument
from kitaphana.catalog.search import index as index_module
from kitaphana.catalog.search.isbn import forms


def document(record_id, title, author="", **more):
    values = {
        "id": record_id,
        "title": title,
        "subtitle": "",
        "alternative_titles": (),
        "authors": (author,) if author else (),
        "subjects": (),
        "isbns": (),
        "year": None,
        "language": "kk",
        "kind": "BOOK",
        "age_from": None,
        "age_to": None,
        "grade": None,
        "udc": "",
        "publisher": "",
        "series": "",
        "library_ids": (1,),
    }
    return SearchDocument(**(values | more))


SHELF = [
    document(
        1,
        "Абай жолы",
        "Әуезов Мұхтар Омарханұлы",
        year=1942,
        isbns=("978-601-7002-01-5",),
        library_ids=(1, 2),
        added=1,
    ),
    document(2, "Қара сөз", "Құнанбайұлы Абай", year=1909, added=5, age_from=12),
    document(3, "Дүниежүзі тарихы", grade=7, kind="TEXTBOOK", year=2017, subtitle="7-сынып", added=3),
    document(4, "Война и мир", "Толстой Лев Николаевич", language="ru", year=1869, library_ids=(2,), added=2),
    document(5, "Үркер", "Кекілбаев Әбіш", alternative_titles=("Плеяды",), added=4, isbns=("5-605-00033-0",)),
    document(6, "Ұлпан", "Мүсірепов Ғабит", series="Мектеп кітапханасы", year=1976, summary="Әйел тағдыры туралы"),
]


@pytest.fixture(scope="module")
def shelf():
    index = Index.open(None, writable=True)
    index.add(SHELF)
    index.commit(7, "epoch")
    yield index
    index.close()


def found(index, text="", **more):
    return [hit.id for hit in index.search(Query(text, **more)).hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("абай жолы", 1),
        ("абайдың жолында", 1),
        ("abai zholy", 1),
        ("اباي جولى", 1),
        ("абйа жолы", 1),
        ("Ауэзов", 1),
        ("кунанбаев", 2),
        ("кара создер", 2),
        ("дүние жүзі тарихы", 3),
        ("тарих 7 сынып", 3),
        ("оқулық 7-сынып", 3),
        ("войны и мира", 4),
        ("плеяды", 5),
        ("мусрепов", 6),
        ("мектеп кітапханасы", 6),
        ("әйел тағдыры", 6),
        ("автор:абай", 2),
        ("title:абай", 1),
        ('"қара сөз"', 2),
        ("“Қара сөздер”", None),
        ('"жолы абай"', None),
        ("9786017002015", 1),
        ("978-601-7002", 1),
        ("isbn 978 601 7002 01 5", 1),
        ("6017002014", 1),
        ("5605000330", 5),
        ("9785605000334", 5),
        ("абай 1942", 1),
        ("жоқсөз", None),
        ('"', None),
        ("...", None),
    ],
)
def test_search_finds(shelf, text, first):
    ids = found(shelf, text)
    assert (ids[0] if ids else None) == first


def test_isbn_is_found_in_its_old_form(shelf):
    assert found(shelf, forms("9786017002015")[1]) == [1]


def test_all_words_come_before_some_words(shelf):
    assert found(shelf, "абай") == [1, 2] or found(shelf, "абай") == [2, 1]
    assert found(shelf, "абай сөз") == [2]
    # No record has both: each word alone counts.
    assert set(found(shelf, "үркер ұлпан")) == {5, 6}


def test_empty_text_browses(shelf):
    results = shelf.search(Query("", facets=True))
    assert results.total == 6
    assert dict(results.facets["language"]) == {"kk": 5, "ru": 1}
    assert dict(results.facets["kind"]) == {"BOOK": 5, "TEXTBOOK": 1}
    assert dict(results.facets["library"]) == {1: 5, 2: 2}
    assert dict(results.facets["age_band"]) == {"11-13": 2}
    assert results.facets["year"] == [(2017, 1), (1976, 1), (1942, 1), (1909, 1), (1869, 1)]
    assert results.facets["decade"] == [(2010, 1), (1970, 1), (1940, 1), (1900, 1), (1860, 1)]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"languages": ["ru"]}, {4}),
        ({"languages": ["ru", "kk"]}, {1, 2, 3, 4, 5, 6}),
        ({"kinds": ["TEXTBOOK"]}, {3}),
        ({"library_ids": [2]}, {1, 4}),
        ({"grade": [7]}, {3}),
        ({"age": ["11-13"]}, {2, 3}),
        ({"year_from": [1909], "year_to": [1976]}, {1, 2, 6}),
        ({"year_to": [1900]}, {4}),
        ({"languages": ["kk"], "library_ids": [2]}, {1}),
        ({"languages": []}, {1, 2, 3, 4, 5, 6}),
    ],
)
def test_filters(shelf, filters, ids):
    assert set(found(shelf, filters=filters)) == ids


def test_filters_also_hold_for_a_text(shelf):
    results = shelf.search(Query("абай", filters={"year_from": [1920]}, facets=True))
    assert [hit.id for hit in results.hits] == [1]
    assert results.facets["language"] == [("kk", 1)]


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("title", [1, 3, 2, 6, 5]),
        ("year_new", [3, 6, 1, 2, 5]),
        ("year_old", [2, 1, 6, 3, 5]),
        ("added", [2, 5, 3, 1, 6]),
    ],
)
def test_sort(shelf, sort, ids):
    assert found(shelf, sort=sort, filters={"languages": ["kk"]}) == ids


def test_paging_covers_everything_once(shelf):
    pages = [found(shelf, sort="title", offset=offset, limit=2) for offset in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 2, 0]
    assert len({number for page in pages for number in page}) == 6


def test_own_library_comes_first(shelf):
    index = Index.open(None, writable=True)
    index.add([document(1, "Әліппе", library_ids=(1,)), document(2, "Әліппе", library_ids=(2,))])
    index.commit(1, "e")
    assert found(index, "әліппе", prefer_library=2)[0] == 2
    assert found(index, "әліппе", prefer_library=1)[0] == 1


def test_unknown_filter_or_sort_is_a_mistake_of_the_caller(shelf):
    with pytest.raises(ValueError, match="unknown filters"):
        shelf.search(Query("", filters={"colour": ["red"]}))
    with pytest.raises(ValueError, match="unknown sort"):
        shelf.search(Query("", sort="weight"))


def test_kind_word_alone_finds_the_kind(shelf):
    assert found(shelf, "оқулық") == [3]
    assert found(shelf, "учебники") == [3]


def test_corrections_offer_the_nearest_words(shelf):
    assert shelf.search(Query("абйа жолы")).corrections == "абай жолы"
    assert shelf.search(Query("абай жолы")).corrections is None
    assert shelf.search(Query("auezof")).corrections is None


def test_suggest(shelf):
    assert [s.text for s in shelf.suggest("аб")] == ["Құнанбайұлы Абай", "Абай жолы", "Кекілбаев Әбіш"]
    suggestion = shelf.suggest("abai zh")[0]
    assert (suggestion.text, suggestion.kind, suggestion.record_id) == ("Абай жолы", "title", 1)
    assert [s.text for s in shelf.suggest("кеки")] == ["Кекілбаев Әбіш"]
    assert shelf.suggest("") == []
    assert shelf.suggest("   ?") == []
    assert [s.text for s in shelf.suggest("во", library_id=2)] == ["Война и мир"]
    assert shelf.suggest("во", library_id=1) == []
    assert len(shelf.suggest("а", limit=1)) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60) | st.text(alphabet='абвқң "«»:-.*()[]\\/^$+?{}|&!~09978Xautor', max_size=40))
def test_search_and_suggest_take_any_text(shelf, text):
    shelf.search(Query(text, facets=True))
    shelf.suggest(text)


def test_a_very_long_text_is_cut(shelf):
    assert shelf.search(Query("абай жолы " * 100_000)).total >= 1


def test_replace_and_delete():
    index = Index.open(None, writable=True)
    index.add([document(1, "Бірінші"), document(1, "Екінші"), document(2, "Үшінші")])
    index.commit(1, "e")
    assert index.count() == 2
    assert found(index, "бірінші") == []
    assert found(index, "екінші") == [1]
    index.delete([1, 99])
    assert index.count() == 2
    index.commit(2, "e")
    assert (index.count(), index.sequence) == (1, ("e", 2))


def test_index_on_disk_is_seen_by_another_reader(tmp_path):
    path = tmp_path / "index"
    with pytest.raises(IndexUnusable):
        Index.open(path, writable=False)
    with Index.open(path, writable=True) as writer:
        assert writer.sequence == ("", 0)
        writer.add(SHELF[:2])
        writer.commit(4, "one")
        reader = Index.open(path, writable=False)
        assert (reader.count(), reader.sequence) == (2, ("one", 4))
        writer.add(SHELF[2:])
        writer.commit(9, "one")
        assert reader.count() == 2
        reader.reload()
        assert (reader.count(), reader.sequence) == (6, ("one", 9))
        with pytest.raises(IndexLocked):
            reader.add(SHELF)
    with Index.open(path, writable=True) as again:
        assert again.sequence == ("one", 9)
        assert found(again, "абай жолы") == [1]


def test_one_writer_at_a_time(tmp_path):
    with Index.open(tmp_path, writable=True) as first:
        first.add(SHELF[:1])
        second = Index.open(tmp_path, writable=True)
        with pytest.raises(IndexLocked):
            second.add(SHELF[1:])
    second.add(SHELF[1:2])
    second.commit(1, "e")
    # What the first never committed is lost.
    assert second.count() == 1
    second.close()


def test_uncommitted_changes_are_lost(tmp_path):
    with Index.open(tmp_path, writable=True) as index:
        index.add(SHELF)
    with Index.open(tmp_path, writable=True) as index:
        assert (index.count(), index.sequence) == (0, ("", 0))


@pytest.mark.parametrize("damage", ["state", "version", "meta", "garbage"])
def test_a_damaged_index_is_unusable_and_can_be_built_again(tmp_path, damage, monkeypatch):
    path = tmp_path / "index"
    with Index.open(path, writable=True) as index:
        index.add(SHELF)
        index.commit(1, "e")
    if damage == "state":
        (path / "kitaphana-state.json").unlink()
    elif damage == "version":
        monkeypatch.setattr(index_module, "VERSION", "next")
    elif damage == "meta":
        (path / "meta.json").write_text("{}")
    else:
        for file in path.glob("*.fast"):
            file.write_bytes(b"")
    for writable in (True, False):
        with pytest.raises(IndexUnusable):
            Index.open(path, writable=writable)
    Index.destroy(path)
    with Index.open(path, writable=True) as index:
        index.add(SHELF)
        index.commit(2, "e")
        assert index.count() == 6


def test_reload_tells_that_the_index_is_gone(tmp_path):
    path = tmp_path / "index"
    with Index.open(path, writable=True) as index:
        index.add(SHELF)
        index.commit(1, "e")
    reader = Index.open(path, writable=False)
    Index.destroy(path)
    with pytest.raises(IndexUnusable):
        reader.reload()


def test_searching_from_several_threads(shelf):
    failures = []

    def ask():
        try:
            for text in ("абай жолы", "войны и мира", "kunanbaev", "қара сөз") * 20:
                assert shelf.search(Query(text, facets=True)).total
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(
    ("values", "bands"),
    [
        ({}, ()),
        ({"grade": 1}, ("6-10",)),
        ({"grade": 5}, ("6-10", "11-13")),
        ({"age_from": 12}, ("11-13",)),
        ({"age_from": 6, "age_to": 12}, ("6-10", "11-13")),
        ({"age_to": 5}, ("0-5",)),
        ({"age_from": 18}, ("18+",)),
    ],
)
def test_age_bands(values, bands):
    assert dataclasses.replace(SHELF[0], **values).age_bands == bands


def _order(text, *titles, **more):
    """The titles a search finds, the best first; beside them stand others, so that no word is rare."""
    index = Index.open(None, writable=True)
    others = [f"{word} {number}" for number in range(10) for word in ("Жанар", "Сырлы", "Мөлдір")]
    index.add([document(number, title, **more) for number, title in enumerate([*titles, *others])])
    index.commit(1, "epoch")
    return [(*titles, *others)[number] for number in found(index, text)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("бесік жырлары", ["Бесік жыры", "Жыр бесік"]),
        ("семи навыков", ["Семь навыков высокоэффективных людей", "Навыков семь"]),
        ("hobbit", ["The Hobbit", "Hobbit stories"]),
        ("хоббит роман", ["Хоббит", "Хоббит мекені"]),
    ],
)
def test_a_title_that_says_the_same_comes_first(text, titles):
    assert _order(text, *reversed(titles)) == titles


@pytest.mark.parametrize("text", ["9 сынып физика", "9-шы сынып физика", "физика 9-й класс", "физика оқулығы 9 сынып"])
def test_a_grade_is_told_in_any_way(text):
    first = _order(text, "Физика негіздері", "Физика. 9-сынып", "Физика. 8-сынып")
    assert first[0] == "Физика. 9-сынып"


def test_helping_words_need_not_be_there():
    assert _order("математика за 4 класс", "За нами Москва", "Математика. 4 класс")[0] == "Математика. 4 класс"


def test_a_misspelt_surname_is_no_form_of_another_word():
    index = Index.open(None, writable=True)
    index.add([document(1, "Аймата", "Сейітов Чингиз"), document(2, "Плаха", "Айтматов Чингиз")])
    index.commit(1, "epoch")
    assert set(found(index, "чингиз айматов")) == {1, 2}


@pytest.mark.parametrize("typed", ["қ", "қа", "қар", "қара", "қара ", "қара с", "қара сөз", "кар", "qara", "а ж"])
def test_suggestions_grow_with_what_is_typed(typed):
    index = Index.open(None, writable=True)
    index.add([document(1, "Қара сөз", "Құнанбайұлы Абай"), document(2, "А жұлдызы"), document(3, "Мен - қазақпын")])
    index.commit(1, "epoch")
    wanted = "А жұлдызы" if typed == "а ж" else "Қара сөз"
    assert wanted in [one.text for one in index.suggest(typed)]
