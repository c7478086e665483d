"""The mailings app."""

from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.mailings"
    label = "mailings"
