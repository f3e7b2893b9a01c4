"""From names and questions to answers whose every line carries its evidence."""
