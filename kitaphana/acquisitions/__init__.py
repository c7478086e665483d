"""Estimates, budgets and orders to suppliers: what is bought, for whom, for whose money, and what has come."""
