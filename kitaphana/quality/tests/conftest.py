"""What commits show is tested on a database as it is at work."""

from kitaphana.catalog.tests.conftest import real

__all__ = ["real"]
