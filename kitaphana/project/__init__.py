"""Settings, addresses, navigation: where the domains are put together."""
