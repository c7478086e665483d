"""The curriculum app."""

from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.curriculum"
    label = "curriculum"

    def ready(self) -> None:
        """Name the actions of the journal."""
        from kitaphana.core import hooks
        from kitaphana.curriculum.enums import Action

        hooks.action_labels.update((action.value, action.label) for action in Action)
