"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.people"
    label = "people"
