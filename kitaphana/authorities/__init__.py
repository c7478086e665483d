"""Authorities: one agreed heading for a person, a body, a subject or a series, and every form that leads to it."""
