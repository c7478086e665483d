"""The regulations app."""

from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.regulations"
    label = "regulations"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.regulations.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
