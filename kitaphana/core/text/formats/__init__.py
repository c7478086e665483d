"""How dates and numbers are written, for languages where Django has no habits of its own."""
