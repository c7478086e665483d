"""Pages of stocktaking: scanning with live progress, counting of titles, lists of the result."""
