"""Letters of a methodical centre or a ministry to organisations below it: sent, read, answered."""
