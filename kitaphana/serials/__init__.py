"""Periodicals: what a library subscribes to, which issues came, claims for those that did not, bound volumes.

Issues are on no balance: a registration card counts them, and a year's set is the unit. A bound volume may be taken on
the fund; then it is a copy like any other.
"""
