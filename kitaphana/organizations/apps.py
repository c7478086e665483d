"""The organizations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.organizations"
    label = "organizations"

    def ready(self) -> None:
        """Answer the core's questions about places, and name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.organizations import queries  # models are not loaded before

        hooks.libraries_within = queries.ids_within
        hooks.library_names = queries.names_of
        hooks.action_labels |= {
            "organizations.node_added": _("Organisation added"),
            "organizations.node_changed": _("Organisation changed"),
            "organizations.node_moved": _("Organisation moved"),
            "organizations.library_opened": _("Library opened"),
            "organizations.weekdays_set": _("Closed weekdays set"),
            "organizations.closed_day_set": _("Day closed"),
            "organizations.closed_day_removed": _("Closed day removed"),
        }
