"""The dataset as a network: projection, paths and computed routes."""
