"""Weeding: what may leave the fund, proposed with the reason that the law knows."""
