"""The textbooks app."""

from django.apps import AppConfig


class TextbooksConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.textbooks"
    label = "textbooks"

    def ready(self) -> None:
        """Name the actions of the journal, register the background work, answer what weeding asks."""
        from kitaphana.core import hooks
        from kitaphana.textbooks import jobs, provision
        from kitaphana.textbooks.enums import Action
        from kitaphana.weeding import hooks as weeding

        hooks.action_labels.update({action.value: action.label for action in Action})
        hooks.action_labels.update(jobs.LABELS)
        if provision.dropped_textbooks not in weeding.dropped_textbooks:
            weeding.dropped_textbooks.append(provision.dropped_textbooks)
