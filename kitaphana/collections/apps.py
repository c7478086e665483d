"""The collections app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollectionsConfig(AppConfig):
    """See the package's docstring. Its pages are in portal."""

    name = "kitaphana.collections"
    label = "collections"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks

        hooks.action_labels |= {
            "collections.list_saved": _("List of books saved"),
            "collections.list_deleted": _("List of books deleted"),
        }
