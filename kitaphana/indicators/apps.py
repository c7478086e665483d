"""The indicators app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Register the background work."""
        from kitaphana.core import hooks
        from kitaphana.indicators import jobs

        hooks.action_labels.update(jobs.LABELS)
