"""Background work of the fund."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from kitaphana.core import clock, jobs
from kitaphana.fund import services
from kitaphana.organizations.models import Organization
from kitaphana.people import uploads
from kitaphana.people.models import User
from kitaphana.people.queries import actor_of

OPENING = "fund.take_opening"
KEPT_PROBLEMS = 5000
"""So many bad rows stand in the result of a job; a file that has more of them is not an inventory book."""


@jobs.work(OPENING)
def take_opening(progress: jobs.Progress, **arguments: Any) -> Any:
    """Take a file that was uploaded and previewed (``upload``, ``library``, ``user``, ``start``, ``columns``,
    ``fund``). Repeating it after a power cut goes on where it stopped."""
    user = User.objects.get(pk=arguments["user"])
    library = Organization.objects.get(pk=arguments["library"])
    upload_id = UUID(arguments["upload"])
    upload = uploads.find(upload_id, library_id=library.pk, user_id=user.pk)
    result = services.take_opening(
        actor=actor_of(user),
        library=library,
        data=upload.data,
        file_name=upload.file_name,
        start=date.fromisoformat(arguments["start"]),
        at=clock.now(),
        command_id=upload_id,
        columns=arguments["columns"],
        default_fund=arguments["fund"],
        progress=progress.tell,
    )
    uploads.forget(upload_id)
    stored = result.as_json()
    return {**stored, "problems": stored["problems"][:KEPT_PROBLEMS], "file": upload.file_name}
