"""The catalog app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Register background work and name the actions of the journal."""
        from kitaphana.authorities import hooks as authorities
        from kitaphana.catalog import headings, jobs  # models are not loaded before
        from kitaphana.catalog.enums import RecordKind
        from kitaphana.core import hooks
        from kitaphana.regulations import parameters

        authorities.on_change.append(headings.relink)
        parameters.choices["record_kinds"] = lambda: [(one.value, str(one.label)) for one in RecordKind]
        hooks.job_pages[jobs.IMPORT] = "catalog:import_job"
        hooks.action_labels |= {
            "catalog.record_saved": _("Record saved"),
            "catalog.cover_set": _("Cover changed"),
            "catalog.records_merged": _("Records merged"),
            "catalog.merge_undone": _("Merge of records taken back"),
            "catalog.change_proposed": _("Change of a record proposed"),
            "catalog.proposal_decided": _("Proposal of a change decided"),
            "catalog.file_imported": _("Records imported"),
            jobs.IMPORT: _("Import of records"),
            "catalog.forget_uploads": _("Removal of old uploads"),
        }
