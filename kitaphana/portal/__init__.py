"""What readers see: the portal's first page, the public catalogue (OPAC), the reader's own account."""
