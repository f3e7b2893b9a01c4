"""What the graph is made of: frozen records, closed lists, errors."""
