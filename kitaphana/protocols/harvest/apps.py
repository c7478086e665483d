"""The harvest app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HarvestConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.protocols.harvest"
    label = "harvest"

    def ready(self) -> None:
        """Register background work and name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.protocols.harvest import jobs

        hooks.job_pages[jobs.ONE] = "harvest:job"
        hooks.action_labels |= {
            "harvest.source_saved": _("Source of records saved"),
            jobs.DUE: _("Harvest of other catalogues"),
            jobs.ONE: _("Harvest of a catalogue"),
        }
