"""Pages of the core lists."""
