"""Reports that people put together themselves: rows, columns, filters, period."""
