"""Protocols of the field, each thin over services, queries and formats."""
