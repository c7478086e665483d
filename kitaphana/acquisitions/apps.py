"""The acquisitions app."""

from django.apps import AppConfig


class AcquisitionsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.acquisitions"
    label = "acquisitions"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.acquisitions.enums import Action
        from kitaphana.core import hooks

        hooks.action_labels.update((action.value, action.label) for action in Action)
