"""Curated tables in, checked records out; anchors that tie them to the papers."""
