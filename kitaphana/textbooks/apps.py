"""The textbooks app."""

from django.apps import AppConfig


class TextbooksConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.textbooks"
    label = "textbooks"
