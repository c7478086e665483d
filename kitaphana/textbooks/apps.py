"""The textbooks app."""

from django.apps import AppConfig


class TextbooksConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.textbooks"
    label = "textbooks"

    def ready(self) -> None:
        """Name the actions of the journal, register the background work."""
        from kitaphana.core import hooks
        from kitaphana.textbooks import jobs
        from kitaphana.textbooks.enums import Action

        hooks.action_labels.update({action.value: action.label for action in Action})
        hooks.action_labels.update(jobs.LABELS)
