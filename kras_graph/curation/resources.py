"""Shipped files: found inside the installed package, else beside it in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kras_graph.model.errors import ResourceError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FOLDERS = ("data", "ontology", "queries")
_PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Traversable:
    """The shipped folder `data`, `ontology` or `queries`.

    Works from a plain install, an editable install, a zip and a bare checkout.

    Raises:
        ResourceError: when the folder is in neither place; names both.
    """
    inside = _PACKAGE / name
    if inside.is_dir():
        return inside
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    from importlib.resources import files

    zipped = files("kras_graph") / name
    if zipped.is_dir():
        return zipped
    raise ResourceError(
        f"The folder {name!r} is neither inside the package ({inside}) nor beside it in a "
        "checkout; reinstall kras-graph."
    )


def tree(root: Traversable, suffix: str, prefix: str = "") -> list[tuple[str, Traversable]]:
    """Files below `root` whose names end in `suffix`, as `(relative path, file)`, sorted."""
    found: list[tuple[str, Traversable]] = []
    for item in root.iterdir():
        path = f"{prefix}{item.name}"
        if item.is_dir():
            found += tree(item, suffix, f"{path}/")
        elif item.name.endswith(suffix):
            found.append((path, item))
    return sorted(found, key=lambda pair: pair[0])
