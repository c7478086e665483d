"""The network: a tree country → region → district → organisation → branch/room, with names, codes and
calendars.

Words: a *node* is any organisation of the tree; a *library* is a node that owns a fund (a school, a college,
a
branch). Rights and settings given at a node reach its subtree. Never knows people or books.
"""
