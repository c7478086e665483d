"""Pages of textbooks."""
