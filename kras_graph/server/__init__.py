"""Read-only SPARQL endpoint and pages of the graph."""
