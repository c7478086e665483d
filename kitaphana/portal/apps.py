"""The portal app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.portal"
    label = "portal"

    def ready(self) -> None:
        """Register background work and name it for the list of jobs."""
        from kitaphana.core import hooks
        from kitaphana.portal import jobs

        hooks.action_labels[jobs.SEARCHES] = _("News of saved searches")
