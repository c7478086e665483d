"""«Give a book to the library»: wishes, pledges, handing over, thanks."""
