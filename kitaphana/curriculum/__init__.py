"""What a class learns from: textbook sets by grade, language, profile and year."""
