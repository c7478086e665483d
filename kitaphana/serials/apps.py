"""The serials app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SerialsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.serials"
    label = "serials"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks

        hooks.action_labels |= {
            "serials.subscribed": _("Subscription begun"),
            "serials.subscription_changed": _("Subscription changed"),
            "serials.issue_received": _("Issue received"),
            "serials.issue_changed": _("Issue changed"),
            "serials.claimed": _("Claim for issues made"),
            "serials.bound": _("Issues bound"),
            "serials.unbound": _("Binding taken back"),
        }
