"""Tags of the pages of stocktaking."""
