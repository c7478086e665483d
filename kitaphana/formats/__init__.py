"""Formats of the field in pure Python: ISO 2709 (UTF-8, MARC-8), MARC 21, MARCXML, MARC-in-JSON, UNIMARC/RUSMARC, ISBN,
RIS, BibTeX, GOST descriptions, schema.org.

Knows no Django and no domain.
"""
