"""The copycat app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CopycatConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.copycat"
    label = "copycat"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks

        hooks.action_labels |= {"copycat.target_saved": _("Catalogue to copy from saved")}
