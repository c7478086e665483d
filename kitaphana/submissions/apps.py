"""The submissions app."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.submissions"
    label = "submissions"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.submissions.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
