"""The command line: one click command per verb, each in the module named for its kind."""
