"""The roadmap app."""

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.roadmap"
    label = "roadmap"
