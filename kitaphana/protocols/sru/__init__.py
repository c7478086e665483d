"""SRU 1.1, 1.2 and 2.0 at ``/sru``: the union catalogue for other libraries' programs."""
