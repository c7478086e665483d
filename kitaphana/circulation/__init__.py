"""Circulation: lending, returning, renewing, holds and the desk.

Words: a *loan* is open while ``returned_at`` is empty; a *hold* waits for a title until a copy lies on the
hold shelf; a *policy* at a node of the network sets days and limits for the subtree; a *visit* is a reader's
day in the library. Commands carry a client-made id and may be repeated safely.
"""
