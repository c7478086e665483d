"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.reports"
    label = "reports"

    def ready(self) -> None:
        """Name the actions of the journal and register the background work."""
        from kitaphana.core import hooks
        from kitaphana.reports import jobs
        from kitaphana.reports.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
        hooks.action_labels.update(jobs.LABELS)
