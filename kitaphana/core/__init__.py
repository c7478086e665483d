"""What every domain uses and no domain owns: ids, clock, text, money, access, audit, changes, jobs, pages.

Knows no domain: organisations and people appear here only as plain ids and tree paths.
"""
