"""Renewal of the fund by the core lists: what each library needs, holds and lacks; the plan of 20 % a year."""
