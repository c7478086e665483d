"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Ids, text, audit, jobs, files, access: knows no domain."""

    name = "kitaphana.core"
    label = "core"
