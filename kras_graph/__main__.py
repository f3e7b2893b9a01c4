"""`python -m kras_graph` is the command line."""

from kras_graph.cli.main import main

if __name__ == "__main__":
    main()
