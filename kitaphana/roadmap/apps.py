"""The roadmap app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RoadmapConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.roadmap"
    label = "roadmap"

    def ready(self) -> None:
        """Name the actions of the journal, register the background work, keep the programme as worded here."""
        from kitaphana.core import hooks
        from kitaphana.roadmap import jobs
        from kitaphana.roadmap.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
        hooks.action_labels.update(jobs.LABELS)
        post_migrate.connect(_load, sender=self)


def _load(using: str, plan: Any = (), **facts: Any) -> None:
    from django.db import connections

    from kitaphana.roadmap import services
    from kitaphana.roadmap.models import Measure

    # Told to migrate back to nothing, there is no table to fill.
    if Measure._meta.db_table in connections[using].introspection.table_names():
        services.load_programme(using)
