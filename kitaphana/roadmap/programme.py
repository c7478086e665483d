"""The roadmap itself: directions, measures and its yearly targets, as the draft of 2020–2025 has them."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from kitaphana.roadmap.enums import Counting, Unit

Names = tuple[str, str, str]
"""Kazakh, Russian, English."""

DIRECTIONS: tuple[tuple[str, Names], ...] = (
    (
        "D1",
        (
            "Білім беру ұйымдарын әдебиетпен қамтамасыз ету",
            "Обеспечение организаций образования литературой",
            "Supplying organisations with literature",
        ),
    ),
    ("D2", ("Кадрмен қамтамасыз ету", "Кадровое обеспечение", "People")),
    ("D3", ("Материалдық-техникалық база", "Материально-техническая база", "Buildings and equipment")),
    ("D4", ("Нормативтік-құқықтық қамтамасыз ету", "Нормативно-правовое обеспечение", "Rules and standards")),
    (
        "D5",
        (
            "Ақпараттық ресурстар мен технологиялар",
            "Информационные ресурсы и технологии",
            "Information resources and technology",
        ),
    ),
    ("R", ("Мақсат және ұсынымдар", "Цель и рекомендации", "Goal and recommendations")),
)

EDUCATION: Names = ("Оқу-ағарту министрлігі", "Министерство просвещения", "Ministry of Education")
BOTH: Names = (
    "Оқу-ағарту министрлігі, Мәдениет және ақпарат министрлігі",
    "Министерство просвещения, Министерство культуры и информации",
    "Ministry of Education, Ministry of Culture and Information",
)
SCIENCE: Names = (
    "Оқу-ағарту министрлігі, Ғылым және жоғары білім министрлігі",
    "Министерство просвещения, Министерство науки и высшего образования",
    "Ministry of Education, Ministry of Science and Higher Education",
)
LOCAL: Names = ("Жергілікті атқарушы органдар", "Местные исполнительные органы", "Local executive bodies")
WITH_LOCAL: Names = (
    "Оқу-ағарту министрлігі, жергілікті атқарушы органдар",
    "Министерство просвещения, местные исполнительные органы",
    "Ministry of Education, local executive bodies",
)
CENTRE: Names = (
    "Республикалық ғылыми-педагогикалық кітапхана",
    "Республиканская научно-педагогическая библиотека",
    "Republican Scientific-Pedagogical Library",
)


class Line(NamedTuple):
    """A measure as the programme words it. Without a ``formula`` its values are entered by people."""

    code: str
    names: Names
    owner: Names
    formula: str = ""
    unit: Unit = Unit.PERCENT
    counting: Counting = Counting.ADDED


MEASURES: tuple[Line, ...] = (
    Line(
        "L1",
        (
            "Тізімдерді әзірлейтін жұмыс топтары",
            "Рабочие группы по формированию списков литературы",
            "Working groups for the lists of literature",
        ),
        BOTH,
        "lists_with_group",
        counting=Counting.STATE,
    ),
    Line(
        "L2",
        (
            "Әр білім деңгейіне арналған негізгі қор тізімі",
            "Списки основного фонда для каждого уровня образования",
            "Lists of core literature for each level of education",
        ),
        BOTH,
        "levels_with_list",
        counting=Counting.STATE,
    ),
    Line(
        "L3",
        (
            "Тізім комиссияларының сарапшыларын іріктеу",
            "Отбор экспертов комиссий по спискам",
            "Choice of the experts of the list commissions",
        ),
        BOTH,
        "lists_with_experts",
        counting=Counting.STATE,
    ),
    Line(
        "L4",
        (
            "Негізгі қор әдебиетінің электрондық базасы",
            "Электронная база литературы основного фонда",
            "Electronic base of the core literature",
        ),
        BOTH,
        "lists_published",
        counting=Counting.STATE,
    ),
    Line(
        "L5",
        (
            "Тізімдерді екі министрліктің бекітуі",
            "Двустороннее согласование списков министерствами",
            "Approval of the lists by both ministries",
        ),
        BOTH,
        "versions_approved",
        counting=Counting.STATE,
    ),
    Line(
        "L6",
        (
            "Негізгі қорды жоспарлы түрде жылына 20 %-ға жаңарту",
            "Плановое обновление основного фонда на 20 % в год",
            "Planned renewal of the core fund, 20 % a year",
        ),
        WITH_LOCAL,
        "coverage",
    ),
    Line(
        "L6A",
        (
            "Негізгі қордың жыл ішінде жаңартылған үлесі",
            "Доля основного фонда, обновлённая за год",
            "Share of the core fund renewed in the year",
        ),
        WITH_LOCAL,
        "renewed",
        counting=Counting.YEARLY,
    ),
    Line(
        "L7",
        (
            "«Мектеп кітапханасы» жобасы: басылымы бар бағдарлама шығармалары",
            "Проект «Школьная библиотека»: произведения программы, у которых есть издания",
            "«School library» project: works of the curriculum that have editions",
        ),
        EDUCATION,
        "works_with_editions",
        counting=Counting.STATE,
    ),
    Line(
        "L8",
        (
            "Жобаның бекітілген сметалары",
            "Утверждённые сметы проекта",
            "Approved cost estimates of the project",
        ),
        WITH_LOCAL,
        "estimates_approved",
        counting=Counting.YEARLY,
    ),
    Line(
        "L9",
        (
            "Сатып алудың техникалық тапсырмалары",
            "Технические задания на закуп",
            "Technical assignments for purchases",
        ),
        LOCAL,
        "",
        Unit.NUMBER,
        Counting.YEARLY,
    ),
    Line(
        "L10",
        (
            "Қорды сатып алуға және жаңартуға бөлінген қаражаттың игерілуі",
            "Освоение средств на приобретение и обновление фонда",
            "Money spent of the budgets for purchase and renewal",
        ),
        LOCAL,
        "budget_spent",
        counting=Counting.YEARLY,
    ),
    Line(
        "P1",
        (
            "«Педагог-кітапханашы» мамандығы бойынша түлектер",
            "Выпускники по специальности «педагог-библиотекарь»",
            "Graduates of the speciality «librarian-pedagogue»",
        ),
        SCIENCE,
    ),
    Line(
        "P2",
        (
            "Жаңа лауазым — педагог-кітапханашы: штаттық бірліктердің толтырылуы",
            "Новая должность «педагог-библиотекарь»: укомплектованность штата",
            "The new position of librarian-pedagogue: posts filled",
        ),
        EDUCATION,
        counting=Counting.STATE,
    ),
    Line(
        "P3",
        (
            "Біліктілікті арттыру курстарынан өткен кітапханашылар",
            "Библиотекари, прошедшие курсы повышения квалификации",
            "Librarians who passed courses of qualification",
        ),
        CENTRE,
    ),
    Line(
        "P4",
        (
            "Тәжірибе алмасу желілік қоғамдастықтары",
            "Сетевые сообщества по обмену опытом",
            "Network communities for exchange of experience",
        ),
        CENTRE,
        "",
        Unit.NUMBER,
        Counting.STATE,
    ),
    Line(
        "P5",
        (
            "Кітапхана қызметкерлерін аттестаттау әдістемесі",
            "Методика аттестации работников библиотек",
            "Method of attestation of library staff",
        ),
        EDUCATION,
        counting=Counting.STATE,
    ),
    Line(
        "P6",
        (
            "Кітапхана қызметін бағалау критерийлері: нәтижесі есептелетін кітапханалар",
            "Критерии оценки деятельности библиотек: библиотеки, где результат считается",
            "Criteria for evaluating libraries: libraries whose results are counted",
        ),
        EDUCATION,
        "working",
        counting=Counting.STATE,
    ),
    Line(
        "P7",
        (
            "Мәртебе және еңбекақы жөніндегі жұмыс тобы",
            "Рабочая группа по статусу и оплате труда",
            "Working group on status and pay",
        ),
        EDUCATION,
        counting=Counting.STATE,
    ),
    Line(
        "P8",
        (
            "Кітапханашылар қауымдастығы: мүше кітапханалар",
            "Ассоциация библиотекарей: библиотеки-участницы",
            "Association of librarians: member libraries",
        ),
        CENTRE,
        "",
        Unit.NUMBER,
        Counting.STATE,
    ),
    Line(
        "P9",
        (
            "Семинарлар, онлайн-конференциялар, шеберлік сыныптары",
            "Семинары, онлайн-конференции, мастер-классы",
            "Seminars, online conferences, master classes",
        ),
        CENTRE,
        "",
        Unit.NUMBER,
        Counting.YEARLY,
    ),
    Line(
        "M1",
        (
            "Жарақтандырудың сметалық есептері",
            "Сметные расчёты оснащения",
            "Cost estimates of equipping",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "M2",
        (
            "Жол картасы бойынша жарақтандырылған кітапханалар",
            "Библиотеки, оснащённые по дорожной карте",
            "Libraries equipped by the roadmap",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "M3",
        (
            "Хабарландыру, өрт дабылы, бейнебақылау, кедергісіз орта",
            "Оповещение, пожарная сигнализация, видеонаблюдение, безбарьерная среда",
            "Emergency notification, fire alarm, CCTV, barrier-free environment",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "M4",
        (
            "IT, коворкинг, STEM және баспа орталықтары",
            "Центры IT, коворкинга, STEM и издательские центры",
            "IT, coworking, STEM and publishing centres",
        ),
        LOCAL,
        "",
        Unit.NUMBER,
        Counting.STATE,
    ),
    Line(
        "M5",
        (
            "Компьютермен және STEM жабдығымен қамтамасыз ету",
            "Обеспечение компьютерами и STEM-оборудованием",
            "Computers and STEM equipment",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "M6",
        ("Заманауи интерьер", "Современный интерьер", "Modern interior"),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "M7",
        (
            "Кітапхана қорын автоматтандырылған жүйеде басқару",
            "Управление фондом библиотеки в автоматизированной системе",
            "Library funds managed in an automated system",
        ),
        WITH_LOCAL,
        "fund_in_system",
        counting=Counting.STATE,
    ),
    Line(
        "M8",
        (
            "Инклюзивті білім беру: арнайы жиһаз бен материалдар",
            "Инклюзивное образование: специальная мебель и материалы",
            "Inclusive education: special furniture and materials",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "M9",
        (
            "Электрондық кітапханаға қосылған ұйымдар",
            "Организации, подключённые к электронной библиотеке",
            "Organisations connected to an electronic library",
        ),
        WITH_LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "N1",
        (
            "№ 44 бұйрыққа өзгерістер (қорды қалыптастыру, пайдалану және сақтау)",
            "Изменения в приказ № 44 (формирование, использование и сохранение фонда)",
            "Changes to Order No. 44 (formation, use and preservation of funds)",
        ),
        EDUCATION,
        counting=Counting.STATE,
    ),
    Line(
        "N2",
        (
            "Нормативтік құжаттар: кітапхана туралы ереже, тұжырымдама",
            "Нормативные документы: положение о библиотеке, концепция",
            "Normative documents: regulation on the library, concept",
        ),
        EDUCATION,
    ),
    Line(
        "N3",
        (
            "Мектеп кітапханасының үлгілік стандарты",
            "Модельный стандарт школьной библиотеки",
            "Model standard of a school library",
        ),
        EDUCATION,
        counting=Counting.STATE,
    ),
    Line(
        "N4",
        (
            "Бірыңғай үйлестіру және ғылыми-әдістемелік орталық (№ 249 бұйрық)",
            "Единый координационный и научно-методический центр (приказ № 249)",
            "Single coordination and scientific-methodical centre (Order No. 249)",
        ),
        CENTRE,
        counting=Counting.STATE,
    ),
    Line(
        "N5",
        (
            "Кітапхана құжаттары деректерден жасалады (№ 827 бұйрық)",
            "Библиотечная документация составляется из данных (приказ № 827)",
            "Library documents made from data (Order No. 827)",
        ),
        EDUCATION,
        "papers_kept",
        counting=Counting.STATE,
    ),
    Line(
        "N6",
        (
            "Өңірлік ақпараттық-әдістемелік ресурс орталықтарының желісі",
            "Сеть региональных информационно-методических ресурсных центров",
            "Network of regional information-methodical resource centres",
        ),
        WITH_LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "N7",
        (
            "«Кітапханаға кітап сыйла» акциясы: сыйға алынған кітаптар",
            "Акция «Подари книгу библиотеке»: книги, полученные в дар",
            "«Give a book to the library»: volumes received as gifts",
        ),
        LOCAL,
        "gifts",
        Unit.NUMBER,
        Counting.YEARLY,
    ),
    Line(
        "N8",
        (
            "Электрондық ресурстардың пайдаланылуын мониторингтеу",
            "Мониторинг использования электронных ресурсов",
            "Monitoring of the use of electronic resources",
        ),
        CENTRE,
        counting=Counting.STATE,
    ),
    Line(
        "N9",
        (
            "Электрондық кітапхананы қалыптастыру талаптары",
            "Требования к формированию электронных библиотек",
            "Requirements for forming electronic libraries",
        ),
        CENTRE,
        counting=Counting.STATE,
    ),
    Line(
        "N10",
        (
            "Кітапхана сайттарының талаптарға сәйкестігі",
            "Соответствие сайтов библиотек требованиям",
            "Library websites that meet the requirements",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "T1",
        (
            "Кітапхана-ақпараттық жүйені автоматтандыру",
            "Автоматизация библиотечно-информационной системы",
            "Automation of the library-information system",
        ),
        WITH_LOCAL,
        "working",
    ),
    Line(
        "T2",
        (
            "Жылдамдығы кемінде 100 Мбит/с интернет",
            "Интернет не ниже 100 Мбит/с",
            "Internet of at least 100 Mbit/s",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "T3",
        (
            "Пайдаланушылардың ақпараттық қажеттілігін мониторингтеу",
            "Мониторинг информационных потребностей пользователей",
            "Monitoring of users' information needs",
        ),
        CENTRE,
        counting=Counting.STATE,
    ),
    Line(
        "T4",
        (
            "Қордың сақталуы: соңғы бес жылда түгендеуден өткен кітапханалар",
            "Сохранность фонда: библиотеки, прошедшие инвентаризацию за пять лет",
            "Preservation of funds: libraries counted in the last five years",
        ),
        WITH_LOCAL,
        "fund_counted",
        counting=Counting.STATE,
    ),
    Line(
        "T5",
        (
            "Қашықтағы пайдаланушылардың сұраныстары бойынша қызметтер",
            "Услуги по запросам удалённых пользователей",
            "Services by request of remote users",
        ),
        LOCAL,
        counting=Counting.STATE,
    ),
    Line(
        "T6",
        (
            "Деректер базасының қауіпсіздігі және ақпаратты қорғау",
            "Безопасность баз данных и защита информации",
            "Security of databases and protection of information",
        ),
        EDUCATION,
        counting=Counting.STATE,
    ),
    Line(
        "R2",
        (
            "Оқу сауаттылығы: PISA орташа балы",
            "Читательская грамотность: средний балл PISA",
            "Reading literacy: mean score of PISA",
        ),
        EDUCATION,
        "",
        Unit.POINTS,
        Counting.STATE,
    ),
    Line(
        "R3",
        (
            "«Оқитын мектеп» жобасына қатысатын мектептер",
            "Школы — участницы проекта «Читающая школа»",
            "Schools in the «Reading school» project",
        ),
        WITH_LOCAL,
        "",
        Unit.NUMBER,
        Counting.STATE,
    ),
    Line(
        "R4",
        (
            "Көркем әдебиетке бөлінген қаражат, бір оқушыға шаққанда",
            "Финансирование художественной литературы на одного ученика",
            "Funds for fiction for each pupil",
        ),
        LOCAL,
        "fiction_per_pupil",
        Unit.TENGE,
        Counting.YEARLY,
    ),
    Line(
        "R5",
        (
            "«Қазақ әдебиеті» бағдарламасын қайта қарау",
            "Пересмотр программы «Казахская литература»",
            "Revision of the «Kazakh literature» curriculum",
        ),
        EDUCATION,
        counting=Counting.STATE,
    ),
)

TABLE: Names = (
    "Жол картасы жобасының көрсеткіштер кестесі",
    "Таблица показателей проекта дорожной карты",
    "Table of indicators of the draft roadmap",
)
UNCLEAR: Names = (
    "Кесте екіұшты: сандары бар алты жолға бес атау берілген, жылдары көрсетілмеген; осы мәндер түзетуге ашық",
    "Таблица неоднозначна: на шесть строк чисел приходится пять названий, годы не указаны; значения открыты для правки",
    "The table is ambiguous: six rows of figures have five labels and no years; these values are open to correction",
)


def in_language(note: str, language: str) -> str:
    """A note of the draft's targets in a language, whichever it was loaded in; any other note as it is."""
    for known in (TABLE, UNCLEAR):
        if note in known:
            return known[{"kk": 0, "ru": 1}.get(language, 2)]
    return note


class Yearly(NamedTuple):
    """Targets of a measure from a year on."""

    code: str
    first_year: int
    values: tuple[int, ...]
    note: Names


TARGETS: tuple[Yearly, ...] = (
    Yearly("L6", 2021, (20, 20, 20, 20, 20), TABLE),
    Yearly("L6A", 2021, (20, 20, 20, 20, 20), TABLE),
    Yearly("T1", 2021, (10, 13, 17, 10, 10), TABLE),
    Yearly("P1", 2023, (20, 30, 50), UNCLEAR),
    Yearly("N2", 2021, (50, 50), UNCLEAR),
    Yearly("P3", 2021, (20, 20), UNCLEAR),
)

GREEN_FROM = Decimal(100)
AMBER_FROM = Decimal(80)
