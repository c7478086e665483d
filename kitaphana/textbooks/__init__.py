"""Textbooks in the hands of classes: issue, return, provision, redistribution, orders."""
