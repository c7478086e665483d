"""Background work of own reports: those whose time has come are made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kitaphana.core import clock
from kitaphana.core.jobs import Progress, work
from kitaphana.reports import services
from kitaphana.reports.models import Schedule

DUE: Final = "reports.due"
LABELS: Final = {DUE: _("Making of own reports that are due")}


@work(DUE, every=timedelta(minutes=10))
def make_due(progress: Progress, **_arguments: Any) -> Any:
    """Make every report that is due; each in its own transaction, so that one never hinders another."""
    due = list(Schedule.objects.filter(next_at__lte=clock.now()).order_by("next_at"))
    made = 0
    for done, plan in enumerate(due, start=1):
        made += services.make_due(plan, clock.now()) is not None
        progress.tell(done, len(due))
    return {"made": made}
