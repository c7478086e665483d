"""Benchmarks: run by ``make bench``, not by the tests. Each prints a row and the whole is written as JSON."""
