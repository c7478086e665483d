"""Letters of the demo: guidance of the district, a request to its schools, a letter of the ministry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kitaphana.core import clock, ids
from kitaphana.core.access import SYSTEM
from kitaphana.mailings import queries, services
from kitaphana.mailings.enums import LetterKind
from kitaphana.mailings.queries import Choice
from kitaphana.organizations.models import Organization

GUIDANCE = """Құрметті әріптестер!

Кітапхана күнін өткізу үшін үш бөлімнен тұратын жоспар ұсынамыз: жаңа кітаптар көрмесі, оқырмандар әңгімесі, \
сыныптар арасындағы сайыс.

Әр бөлімге 20 минуттан артық уақыт бөлмеңіздер. Көрмеге қойылған кітаптар сол күні-ақ берілсін."""
REQUEST = """Уважаемые коллеги!

Сообщите, пожалуйста, сколько мест в читальном зале вашей библиотеки и сколько из них оборудовано компьютером.

Ответ дайте прямо под этим письмом."""
FROM_ABOVE = """Құрметті әріптестер!

Негізгі тізбелердің жаңа нұсқалары талқылануда. Аудандарыңыздағы кітапханашылар өз ұсыныстарын айдың соңына дейін \
енгізсін. Талқылау барысы туралы қысқаша жауап жазыңыздар."""


def build(country: Organization, district: Organization, schools: Sequence[Organization], *, at: datetime) -> None:
    """The first school of the district has answered, the second has read nothing yet; the ministry's letter is new."""
    below = [school for school in schools if school.path.startswith(district.path)]
    choice = Choice(places=(country.code,), kinds=("REGION", "DISTRICT"), codes=(schools[0].code,))
    above = queries.recipients(country, choice)
    services.send_letter(
        actor=SYSTEM, sender=country, recipients=above, kind=LetterKind.REQUEST, subject="Тізбелерді талқылау туралы",
        text=FROM_ABOVE, answer_by=clock.day_of(at) + timedelta(days=10), at=at - timedelta(days=2),
        command_id=ids.new_id(),
    )  # fmt: skip
    services.send_letter(
        actor=SYSTEM, sender=district, recipients=below, kind=LetterKind.GUIDANCE, subject="Кітапхана күнін өткізу",
        text=GUIDANCE, at=at - timedelta(days=12), command_id=ids.new_id(),
    )  # fmt: skip
    request = services.send_letter(
        actor=SYSTEM, sender=district, recipients=below, kind=LetterKind.REQUEST, subject="О читальных залах",
        text=REQUEST, answer_by=clock.day_of(at) + timedelta(days=5), at=at - timedelta(days=3),
        command_id=ids.new_id(),
    )  # fmt: skip
    reader = SYSTEM.also(below[0].path, queries.VIEW)
    mine = queries.own_receipts(reader).get(letter=request)
    services.answer(
        actor=reader, receipt_id=mine.pk, text="12 мест, из них 3 с компьютером.", at=at - timedelta(days=1),
        command_id=ids.new_id(),
    )  # fmt: skip
