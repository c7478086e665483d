"""Harvesting: records of other catalogues taken over by OAI-PMH, on a schedule."""
