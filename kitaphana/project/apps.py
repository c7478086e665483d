"""The app that puts the domains together; it carries the installation's commands."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.project"
    label = "project"
