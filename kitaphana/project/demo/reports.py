"""Own reports in the demo: some of a librarian, one that a methodist shares with the schools below."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.translation import override

from kitaphana.core import ids
from kitaphana.people.models import User
from kitaphana.people.queries import actor_of
from kitaphana.reports import services
from kitaphana.reports.examples import BY_KEY
from kitaphana.reports.models import Schedule

KEPT = (
    ("librarian", "Сыныптардың айлық оқуы", "loans", "NOBODY"),
    ("librarian", "Биыл кітап алмағандар", "silent", "NOBODY"),
    ("methodist", "Аудандағы келу саны", "visits", "BELOW"),
)


def build(*, at: datetime) -> None:
    """Keep some reports; the first one is made by itself, and was made once."""
    with override("kk"):
        for login, name, example, sharing in KEPT:
            actor = actor_of(User.objects.get(login=login))
            report = services.save(
                actor=actor, name=name, definition=BY_KEY[example].definition, at=at, command_id=ids.new_id()
            )
            services.share(actor=actor, report_id=report.pk, sharing=sharing, at=at, command_id=ids.new_id())
            if example == "loans":
                services.schedule(
                    actor=actor, report_id=report.pk, every="DAY", at_time=time(7, 30), language="kk", at=at,
                    command_id=ids.new_id(),
                )  # fmt: skip
                Schedule.objects.filter(report=report).update(next_at=at)
                services.make_due(Schedule.objects.get(report=report), at)
