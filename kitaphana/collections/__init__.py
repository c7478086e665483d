"""What people put together from the catalogue: lists of books to share, searches to be told about."""
