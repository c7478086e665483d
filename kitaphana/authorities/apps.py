"""The authorities app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthoritiesConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.authorities"
    label = "authorities"

    def ready(self) -> None:
        """Name the actions of the journal and register background work."""
        from kitaphana.authorities import jobs
        from kitaphana.core import hooks

        hooks.job_pages[jobs.IMPORT] = "authorities:import_job"
        hooks.action_labels |= {
            "authorities.saved": _("Authority record saved"),
            "authorities.merged": _("Authority records merged"),
            jobs.IMPORT: _("Import of authority records"),
        }
