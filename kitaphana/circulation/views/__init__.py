"""Pages of circulation: the desk, readers, holds, overdue books, policies."""
