"""The union catalogue: one bibliographic record per edition for the whole country, and the search over it.

Words: a *record* describes an edition, canonically as MARC 21 (MARC-in-JSON); a *source* remembers under which
control number somebody's file called it; a *version* is its history. Holdings belong to ``fund``.
"""
