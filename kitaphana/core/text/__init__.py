"""Text: Kazakh order and folding, scanner decoding, names."""
