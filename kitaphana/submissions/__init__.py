"""What a library submits upward: annual reports and the data set of the national education database."""
