"""OAI-PMH 2.0 at ``/oai``: the union catalogue for harvesters."""
