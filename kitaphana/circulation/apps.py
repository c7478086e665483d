"""The circulation app."""

from django.apps import AppConfig


class CirculationConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.circulation"
    label = "circulation"

    def ready(self) -> None:
        """Register the background work, and what the fund asks before it lets go of a copy."""
        from kitaphana.circulation import answers, jobs  # noqa: F401 - importing jobs registers them
        from kitaphana.fund import hooks

        if answers.why_in_use not in hooks.copies_in_use:
            hooks.copies_in_use.append(answers.why_in_use)
