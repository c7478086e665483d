"""The mailings app."""

from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.mailings"
    label = "mailings"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.mailings.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
