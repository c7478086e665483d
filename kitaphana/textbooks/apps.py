"""The textbooks app."""

from django.apps import AppConfig


class TextbooksConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.textbooks"
    label = "textbooks"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.textbooks.enums import Action

        hooks.action_labels.update({action.value: action.label for action in Action})
