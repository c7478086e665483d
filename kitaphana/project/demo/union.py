"""The demo's union catalogue: names with their spellings, a proposal that waits, what is known of the records' quality."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kitaphana.authorities import services as authorities
from kitaphana.catalog import queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Record
from kitaphana.core.access import SYSTEM
from kitaphana.formats.authority import Authority, Variant
from kitaphana.formats.marc import Field, Subfield
from kitaphana.organizations.models import Organization
from kitaphana.quality import services as quality

PEOPLE = (
    ("Құнанбайұлы, Абай", "1845–1904", ("Кунанбаев, Абай", "Kunanbaev, Abai", "Qunanbaiuly, Abai"), "Құнанбаев, Ибраһим"),
    ("Әуезов, Мұхтар", "1897–1961", ("Ауэзов, Мухтар", "Auezov, Mukhtar", "Äuezov, Mūhtar"), ""),
    ("Айтматов, Шыңғыс", "1928–2008", ("Айтматов, Чингиз", "Aitmatov, Chingiz"), ""),
    ("Соқпақбаев, Бердібек", "1924–1992", ("Сокпакбаев, Бердибек", "Sokpakbaev, Berdibek"), ""),
    ("Сүлейменов, Олжас", "1936–", ("Сулейменов, Олжас", "Suleimenov, Olzhas"), ""),
    ("Дулатұлы, Міржақып", "1885–1935", ("Дулатов, Міржақып", "Дулатов, Миржакип", "Dulatov, Mirzhakip"), ""),
    ("Байтұрсынұлы, Ахмет", "1872–1937", ("Байтұрсынов, Ахмет", "Байтурсынов, Ахмет", "Baitursynov, Akhmet"), ""),
    ("Жансүгіров, Ілияс", "1894–1938", ("Джансугуров, Ильяс", "Zhansugurov, Iliyas"), ""),
    ("Аймауытұлы, Жүсіпбек", "1889–1931", ("Аймауытов, Жүсіпбек", "Аймаутов, Жусупбек", "Aimautov, Zhusupbek"), ""),
    ("Жұмабаев, Мағжан", "1893–1938", ("Жумабаев, Магжан", "Zhumabayev, Magzhan"), ""),
    ("Сейфуллин, Сәкен", "1894–1938", ("Сейфуллин, Сакен", "Seifullin, Saken"), "Сейфоллаұлы, Сәдуақас"),
    ("Уәлиханов, Шоқан", "1835–1865", ("Валиханов, Чокан", "Valikhanov, Chokan"), "Мұхаммедханафия"),
    ("Алтынсарин, Ыбырай", "1841–1889", ("Алтынсарин, Ибрай", "Altynsarin, Ibrai"), ""),
    ("Момышұлы, Бауыржан", "1910–1982", ("Момыш-улы, Бауыржан", "Momyshuly, Bauyrzhan"), ""),
    ("Толстой, Лев Николаевич", "1828–1910", ("Толстой, Лев", "Tolstoy, Leo"), ""),
    ("Пушкин, Александр Сергеевич", "1799–1837", ("Pushkin, Alexander",), ""),
)  # fmt: skip
"""Agreed heading, years, other spellings, a former name."""
SUBJECTS = (
    ("Қазақ әдебиеті", ("Казахская литература", "Kazakh literature")),
    ("Әлем әдебиеті", ("Мировая литература", "Зарубежная литература", "World literature")),
    ("Абай", ("Абаеведение", "Абайтану")),
)


def build(school: Organization, *, at: datetime) -> None:
    """Write the headings (records find them by themselves), ask for a change, look the records over."""
    for heading, dates, spellings, former in PEOPLE:
        variants = [Variant(text) for text in spellings] + ([Variant(former, is_former=True)] if former else [])
        description = Authority("PERSON", heading, dates, tuple(variants))
        authorities.save_authority(actor=SYSTEM, description=description, at=at)
    for heading, spellings in SUBJECTS:
        description = Authority("SUBJECT", heading, variants=tuple(Variant(text) for text in spellings))
        authorities.save_authority(actor=SYSTEM, description=description, at=at)
    record = Record.objects.filter(title="Қара сөз").order_by("pk").first()
    if record is not None:
        marc = queries.marc_of(record)
        marc.add(Field("500", subfields=[Subfield("a", "Суреттерін салған А. Дүзелханов")]))
        catalog.propose_change(
            actor=SYSTEM, library=school, record=record, marc=marc, at=at, note="Суретшісі көрсетілмеген"
        )
    _twin(school, at)
    quality.flag_changed_records()
    quality.find_pairs(at=at)


def _twin(school: Organization, at: datetime) -> None:
    """The same book described once more from another printing: a pair for whoever looks after duplicates."""
    first = Record.objects.filter(title="Қылмыс пен жаза").first() or Record.objects.order_by("-pk").first()
    if first is None:
        return
    description = queries.description_of(first)
    other = replace(
        description, control_number="", agency="", isbns=(), publisher=f"{description.publisher} баспасы", summary=""
    )
    catalog.describe_record(actor=SYSTEM, library=school, description=other, at=at)
