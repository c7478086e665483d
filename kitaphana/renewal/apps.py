"""The renewal app."""

from django.apps import AppConfig


class RenewalConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.renewal"
    label = "renewal"

    def ready(self) -> None:
        """Name the actions of the journal and register the background work."""
        from kitaphana.core import hooks
        from kitaphana.renewal import jobs
        from kitaphana.renewal.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
        hooks.action_labels.update(jobs.LABELS)
