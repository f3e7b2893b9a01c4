"""Which form an answer takes: `?format=` first, else the `Accept` header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Media types by form; the first is the registered one, the others are what clients send.
RESULTS: dict[str, tuple[str, ...]] = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
GRAPHS: dict[str, tuple[str, ...]] = {
    "turtle": ("text/turtle", "application/x-turtle"),
    "ntriples": ("application/n-triples", "text/plain"),
    "rdfxml": ("application/rdf+xml",),
    "jsonld": ("application/ld+json",),
}
# What `?format=` may say for a form, beside its name and its media types.
SHORT = {
    "ttl": "turtle",
    "nt": "ntriples",
    "n-triples": "ntriples",
    "rdf": "rdfxml",
    "rdf+xml": "rdfxml",
    "json-ld": "jsonld",
}
_TEXTUAL = ("text/", "application/sparql-results+xml", "application/rdf+xml")
_MOST_RANGES = 50


def negotiate(accept: str, offers: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """The best form and its media type for an `Accept` header (RFC 9110, section 12.5.1).

    The most specific range that fits a type gives its weight; among equal weights the order
    of the offers decides. An empty header accepts anything.

    >>> negotiate("text/csv;q=0.5, application/json", RESULTS)
    ('json', 'application/json')
    >>> negotiate("image/png", RESULTS) is None
    True
    """
    ranges = _ranges(accept)
    best: tuple[float, str, str] | None = None
    for form, types in offers.items():
        for place, media in enumerate(types):
            weight = _weight(media, ranges, exact_only=place > 0)
            if weight > 0 and (best is None or weight > best[0]):
                best = (weight, form, media)
    return best[1:] if best else None


def _ranges(accept: str) -> list[tuple[str, float]]:
    """Media ranges of a header with their weights; what is not one is passed over."""
    if not accept.strip():
        return [("*/*", 1.0)]
    found = []
    for part in accept.split(",")[:_MOST_RANGES]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(parameter[2:])))
                except ValueError:
                    weight = 0.0
        if media.count("/") == 1:
            found.append((media, weight if weight == weight else 0.0))
    return found


def _weight(media: str, ranges: Sequence[tuple[str, float]], *, exact_only: bool) -> float:
    """Weight of a media type; an alias is chosen only by its own name."""
    exact = [weight for wanted, weight in ranges if wanted == media]
    if exact or exact_only:
        return max(exact, default=0.0)
    family = media.split("/")[0] + "/*"
    for wider in (family, "*/*"):
        found = [weight for wanted, weight in ranges if wanted == wider]
        if found:
            return max(found)
    return 0.0


def named(wanted: str, offers: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """Form and media type that a value of `?format=` names among the offers.

    >>> named("ttl", GRAPHS)
    ('turtle', 'text/turtle')
    """
    wanted = wanted.strip().lower().replace(" ", "+")
    wanted = SHORT.get(wanted, wanted)
    for form, types in offers.items():
        if wanted == form:
            return form, types[0]
        if wanted in types:
            return form, wanted
    return None


def with_charset(media: str) -> str:
    """The media type as a header says it."""
    return f"{media}; charset=utf-8" if media.startswith(_TEXTUAL) else media
