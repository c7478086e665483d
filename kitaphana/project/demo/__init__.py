"""The demo: a small made-up network with two years of life in it.

Titles and authors of ``works.tsv`` are facts; the data of the editions (publisher, year, pages, ISBN) and all people
are made up for demonstration.
"""
