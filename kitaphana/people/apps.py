"""The people app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.people"
    label = "people"

    def ready(self) -> None:
        """Register background work and name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.people import jobs  # models are not loaded before

        hooks.job_pages[jobs.IMPORT] = "people:import_run"
        hooks.action_labels |= {
            "people.reader_registered": _("Reader registered"),
            "people.reader_changed": _("Reader changed"),
            "people.class_changed": _("Class of a reader changed"),
            "people.re_registered": _("Readers re-registered"),
            "people.reader_left": _("Reader left"),
            "people.reader_returned": _("Reader returned"),
            "people.class_opened": _("Class opened"),
            "people.class_updated": _("Class changed"),
            "people.classes_promoted": _("Classes promoted"),
            "people.readers_imported": _("Readers imported"),
            "people.readers_exported": _("List of readers taken out"),
            "people.account_made": _("Account made"),
            "people.reader_accounts_made": _("Accounts of readers made"),
            "people.password_reset": _("Password reset"),
            "people.password_changed": _("Password changed"),
            "people.role_assigned": _("Role given"),
            "people.role_revoked": _("Role taken away"),
            "people.tokens_revoked": _("Tokens removed"),
            "people.history_set": _("Keeping of a reader's history set"),
            jobs.IMPORT: _("Import of readers"),
            "people.forget_uploads": _("Removal of unconfirmed lists"),
        }
