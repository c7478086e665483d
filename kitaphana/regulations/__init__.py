"""Rules in force as data: a *rule pack* is an act's version with its parameters (content groups of the summary book,
reasons of withdrawal, sources of receipt, terms). A document keeps the pack it was made under.
"""
