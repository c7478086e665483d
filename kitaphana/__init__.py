"""Kitaphana: the library system of Kazakhstan's educational organisations."""
