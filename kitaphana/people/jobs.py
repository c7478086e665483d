"""Background work of people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from kitaphana.core import clock, jobs
from kitaphana.organizations.models import Organization
from kitaphana.people import queries, services, uploads
from kitaphana.people.models import User

IMPORT = "people.import_readers"


@jobs.work(IMPORT)
def import_readers(progress: jobs.Progress, **arguments: Any) -> Any:
    """Import a list that was uploaded and previewed (``upload``, ``library``, ``user``, ``school_year``)."""
    user = User.objects.get(pk=arguments["user"])
    library = Organization.objects.get(pk=arguments["library"])
    upload_id = UUID(arguments["upload"])
    upload = uploads.find(upload_id, library_id=library.pk, user_id=user.pk)
    result = services.import_readers(
        actor=queries.actor_of(user),
        library=library,
        data=upload.data,
        file_name=upload.file_name,
        school_year=arguments["school_year"],
        at=clock.now(),
        progress=progress.tell,
    )
    uploads.forget(upload_id)
    stored = result.as_json()
    for name in ("errors", "warnings"):
        # The sentence is made anew for whoever reads it, in their language.
        stored[name] = [
            {"row": one.row, "column": one.column, "code": one.code, "params": one.params}
            for one in getattr(result, name)
        ]
    return {**stored, "file": upload.file_name}


@jobs.work("people.forget_uploads", every=timedelta(hours=6))
def forget_uploads(progress: jobs.Progress, **arguments: Any) -> Any:
    """Remove uploaded lists that nobody confirmed."""
    return {"removed": uploads.forget_old(clock.now())}
