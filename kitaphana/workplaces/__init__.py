"""The page of methodists and ministries: what waits, who is late, who is best."""
