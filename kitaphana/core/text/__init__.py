"""Text: Kazakh order and folding, skeletons, scanner decoding, names."""
