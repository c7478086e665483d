"""The demo's network: the country's regions with their KATO codes, two districts, six libraries, a calendar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from kitaphana.core.access import SYSTEM
from kitaphana.organizations import services as organizations
from kitaphana.organizations.enums import OrganizationKind as Kind
from kitaphana.organizations.models import Organization
from kitaphana.organizations.services import Details

REGIONS = (
    ("ABA", "100000000", "Абай облысы", "Абайская область", "Abai Region"),
    ("AKM", "110000000", "Ақмола облысы", "Акмолинская область", "Akmola Region"),
    ("AKT", "150000000", "Ақтөбе облысы", "Актюбинская область", "Aktobe Region"),
    ("ALM", "190000000", "Алматы облысы", "Алматинская область", "Almaty Region"),
    ("ATY", "230000000", "Атырау облысы", "Атырауская область", "Atyrau Region"),
    ("BKO", "270000000", "Батыс Қазақстан облысы", "Западно-Казахстанская область", "West Kazakhstan Region"),
    ("ZHA", "310000000", "Жамбыл облысы", "Жамбылская область", "Zhambyl Region"),
    ("ZHE", "330000000", "Жетісу облысы", "область Жетісу", "Zhetisu Region"),
    ("KAR", "350000000", "Қарағанды облысы", "Карагандинская область", "Karaganda Region"),
    ("KOS", "390000000", "Қостанай облысы", "Костанайская область", "Kostanay Region"),
    ("KYZ", "430000000", "Қызылорда облысы", "Кызылординская область", "Kyzylorda Region"),
    ("MAN", "470000000", "Маңғыстау облысы", "Мангистауская область", "Mangystau Region"),
    ("PAV", "550000000", "Павлодар облысы", "Павлодарская область", "Pavlodar Region"),
    ("SKO", "590000000", "Солтүстік Қазақстан облысы", "Северо-Казахстанская область", "North Kazakhstan Region"),
    ("TUR", "610000000", "Түркістан облысы", "Туркестанская область", "Turkistan Region"),
    ("ULY", "620000000", "Ұлытау облысы", "Улытауская область", "Ulytau Region"),
    ("VKO", "630000000", "Шығыс Қазақстан облысы", "Восточно-Казахстанская область", "East Kazakhstan Region"),
    ("AST", "710000000", "Астана қаласы", "город Астана", "Astana City"),
    ("ALA", "750000000", "Алматы қаласы", "город Алматы", "Almaty City"),
    ("SHY", "790000000", "Шымкент қаласы", "город Шымкент", "Shymkent City"),
)

HOLIDAYS = (
    (1, 1, "Жаңа жыл", "Новый год", "New Year"),
    (1, 2, "Жаңа жыл", "Новый год", "New Year"),
    (1, 7, "Рождество", "Рождество", "Christmas"),
    (3, 8, "Халықаралық әйелдер күні", "Международный женский день", "International Women's Day"),
    (3, 21, "Наурыз мейрамы", "Наурыз мейрамы", "Nauryz"),
    (3, 22, "Наурыз мейрамы", "Наурыз мейрамы", "Nauryz"),
    (3, 23, "Наурыз мейрамы", "Наурыз мейрамы", "Nauryz"),
    (5, 1, "Қазақстан халқының бірлігі мерекесі", "Праздник единства народа Казахстана", "Unity Day"),
    (5, 7, "Отан қорғаушы күні", "День защитника Отечества", "Defender's Day"),
    (5, 9, "Жеңіс күні", "День Победы", "Victory Day"),
    (7, 6, "Астана күні", "День столицы", "Capital Day"),
    (8, 30, "Конституция күні", "День Конституции", "Constitution Day"),
    (10, 25, "Республика күні", "День Республики", "Republic Day"),
    (12, 16, "Тәуелсіздік күні", "День Независимости", "Independence Day"),
)


@dataclass(frozen=True, slots=True)
class Network:
    """The nodes the rest of the demo needs."""

    country: Organization
    region: Organization
    district: Organization
    schools: tuple[Organization, ...]
    """A city gymnasium, a town school, a village school with combined classes."""
    others: tuple[Organization, ...]
    """A college and a kindergarten."""


def build(*, at: datetime, first_year: int, last_year: int) -> Network:
    """Make the tree and its calendar of holidays for the years of the demo."""

    def add(
        parent: Organization | None, kind: Kind, code: str, kk: str, ru: str, en: str, **more: object
    ) -> Organization:
        is_library = bool(more.pop("is_library", False))
        details = replace(Details(code=code, name_kk=kk, name_ru=ru, name_en=en), **more)  # type: ignore[arg-type]
        return organizations.add_node(
            actor=SYSTEM, parent=parent, kind=kind, details=details, at=at, is_library=is_library
        )

    country = add(None, Kind.COUNTRY, "KZ", "Қазақстан Республикасы", "Республика Казахстан", "Republic of Kazakhstan")
    regions = {code: add(country, Kind.REGION, code, kk, ru, en, kato=kato) for code, kato, kk, ru, en in REGIONS}
    district = add(regions["AKM"], Kind.DISTRICT, "AKM-BUR", "Бурабай ауданы", "Бурабайский район", "Burabay District")
    sairan = add(regions["AST"], Kind.DISTRICT, "AST-SRY", "Сарыарқа ауданы", "район Сарыарка", "Saryarka District")
    gymnasium = add(
        sairan, Kind.SCHOOL, "AST-025", "№ 25 «Білім» гимназиясы", "Гимназия № 25 «Білім»", "Gymnasium No. 25 “Bilim”",
        is_library=True, bin="050140001011", address="Астана қ., Тәуелсіздік даңғылы, 12", phone="+7 7172 00 00 25",
    )  # fmt: skip
    town = add(
        district, Kind.SCHOOL, "BUR-003", "№ 3 жалпы білім беретін мектеп", "Общеобразовательная школа № 3",
        "School No. 3", is_library=True, bin="050140002028", address="Щучинск қ., Абылай хан көшесі, 40",
    )  # fmt: skip
    village = add(
        district, Kind.SCHOOL, "BUR-017", "Ақкөл ауылының шағын жинақталған мектебі",
        "Малокомплектная школа села Акколь", "Akkol Village School", is_library=True, bin="050140003036", address="Ақкөл ауылы",
    )  # fmt: skip
    college = add(
        district, Kind.COLLEGE, "BUR-K01", "Бурабай көпсалалы колледжі", "Бурабайский многопрофильный колледж",
        "Burabay Polytechnic College", is_library=True,
    )  # fmt: skip
    kindergarten = add(
        sairan, Kind.KINDERGARTEN, "AST-B07", "№ 7 «Балапан» балабақшасы", "Детский сад № 7 «Балапан»",
        "Kindergarten No. 7 “Balapan”", is_library=True,
    )  # fmt: skip
    add(gymnasium, Kind.ROOM, "AST-025-OZ", "Оқу залы", "Читальный зал", "Reading room")
    add(gymnasium, Kind.ROOM, "AST-025-OK", "Оқулықтар қоймасы", "Хранилище учебников", "Textbook store")
    organizations.set_weekly_closed(actor=SYSTEM, node=country, weekdays=frozenset({7}), at=at)
    for year in range(first_year, last_year + 1):
        for month, day, kk, ru, en in HOLIDAYS:
            organizations.set_closed_day(
                actor=SYSTEM, node=country, on=date(year, month, day), name_kk=kk, name_ru=ru, name_en=en, at=at
            )
    return Network(country, regions["AKM"], district, (gymnasium, town, village), (college, kindergarten))
