"""The catalog app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Register the background work, and what its journal entries are called."""
        from kitaphana.catalog import jobs
        from kitaphana.core import hooks

        hooks.action_labels |= {
            "catalog.record_saved": _("Record described"),
            "catalog.cover_set": _("Cover set"),
            "catalog.file_imported": _("File of records imported"),
            jobs.IMPORT: _("Import of records"),
        }
        hooks.job_pages[jobs.IMPORT] = "catalog:import_job"
