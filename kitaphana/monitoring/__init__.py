"""Monitoring: the figures of the day and the year, each with the records behind it. Reads everything below."""
