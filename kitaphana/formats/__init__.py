"""Formats of the field in pure Python: ISO 2709, MARC 21, MARCXML, MARC-in-JSON, UNIMARC/RUSMARC, ISBN.

Knows no Django and no domain.
"""
