"""The stocktaking app."""

from django.apps import AppConfig


class StocktakingConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.stocktaking"
    label = "stocktaking"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.stocktaking.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
