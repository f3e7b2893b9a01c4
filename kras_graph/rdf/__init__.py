"""Records as RDF, and SPARQL over them."""
