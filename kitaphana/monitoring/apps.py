"""The monitoring app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        """Say what the journal's entries of monitoring are called."""
        from kitaphana.core import hooks
        from kitaphana.monitoring.enums import Action

        hooks.action_labels.update({action.value: action.label for action in Action})
