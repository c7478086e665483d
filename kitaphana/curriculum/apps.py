"""The curriculum app."""

from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.curriculum"
    label = "curriculum"

    def ready(self) -> None:
        """Name the actions of the journal, register the background work."""
        from kitaphana.core import hooks
        from kitaphana.curriculum import jobs
        from kitaphana.curriculum.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
        hooks.action_labels.update(jobs.LABELS)
