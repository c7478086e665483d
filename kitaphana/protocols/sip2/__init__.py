"""SIP2: self-check machines and gates."""
