"""The curriculum app."""

from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.curriculum"
    label = "curriculum"
