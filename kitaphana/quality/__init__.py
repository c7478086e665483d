"""Quality of the union catalogue: duplicates, incomplete records, batch changes, proposals."""
