"""The campaigns app."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Name the actions of the journal and register the background work."""
        from kitaphana.campaigns import jobs
        from kitaphana.campaigns.enums import Action
        from kitaphana.core import hooks

        hooks.action_labels.update((action.value, action.label) for action in Action)
        hooks.action_labels.update(jobs.LABELS)
