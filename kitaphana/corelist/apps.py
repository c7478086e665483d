"""The corelist app."""

from django.apps import AppConfig


class CorelistConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.corelist"
    label = "corelist"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.corelist.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
