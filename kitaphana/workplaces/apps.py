"""The workplaces app."""

from django.apps import AppConfig


class WorkplacesConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.workplaces"
    label = "workplaces"
