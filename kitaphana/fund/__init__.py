"""The fund of a library and its ledger: acts, copies, books of account.

Words: an *act* is the paper that moves literature in or out; *entries* are the immutable lines it posts to
the ledger; a *copy* is one physical volume with inventory number and barcode. The inventory book, the
summary book and every balance are views of the ledger. A mistake is reversed by a new entry, never edited
(Order 44).
"""
