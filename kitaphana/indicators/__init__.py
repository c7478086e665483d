"""One registry of indicators, counted by library and month, and the records behind each."""
