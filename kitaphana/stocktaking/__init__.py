"""Stocktaking: what stands on the shelves against what the books say."""
