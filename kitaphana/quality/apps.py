"""The quality app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.quality"
    label = "quality"

    def ready(self) -> None:
        """Register background work and name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.quality import jobs

        hooks.job_pages[jobs.BATCH] = "quality:batch_job"
        hooks.action_labels |= {
            jobs.FLAGS: _("Records checked against the rules"),
            jobs.PAIRS: _("Search for duplicates"),
            jobs.BATCH: _("Batch change of records"),
            "quality.called_different": _("Two records called different editions"),
            "quality.batch_planned": _("Batch change prepared"),
            "quality.batch_done": _("Batch change done"),
            "quality.batch_undone": _("Batch change taken back"),
        }
