"""The sip2 app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Sip2Config(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.protocols.sip2"
    label = "sip2"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks

        hooks.action_labels |= {
            "sip2.terminal_saved": _("Self-check machine saved"),
            "sip2.password_changed": _("Password of a self-check machine changed"),
        }
