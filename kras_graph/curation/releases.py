"""The tables of a release: of a `data/` folder, of an archive that holds one, or as shipped."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kras_graph.curation.load import read_texts
from kras_graph.model.errors import ResourceError

SHIPPED = "shipped"
# A table needed to recognise the folder, and the most that an archive's tables may take.
_SIGN = "evidence.tsv"
_MOST_BYTES = 256 << 20


@dataclass(frozen=True)
class Release:
    """The tables of one release.

    Attributes:
        name: how the reader named it.
        texts: raw text of each table by its path below `data/`.
        root: the folder itself; None for tables out of an archive.
    """

    name: str
    texts: dict[str, str]
    root: Path | None = None


def open_release(name: str) -> Release:
    """The release that a reader names.

    Args:
        name: `shipped`, a `data/` folder, a checkout or unpacked release that has one, or a
            zip, wheel or tar archive of any of these.

    Raises:
        ResourceError: when there is no such path, or it holds no tables.
        TableError: when a table is not UTF-8.
    """
    if name == SHIPPED:
        return Release(name, read_texts())
    path = Path(name)
    if path.is_dir():
        root = next((p for p in (path, path / "data") if (p / _SIGN).is_file()), None)
        if root is None:
            raise ResourceError(
                f"{name} holds no tables: expected {_SIGN} in it or in its folder 'data'."
            )
        return Release(name, read_texts(root), root)
    if not path.is_file():
        raise ResourceError(
            f"{name} does not exist; expected a data folder, a zip or tar of one, or "
            f"'{SHIPPED}' for the tables of this installation."
        )
    return Release(name, _from_archive(name, path))


def _from_archive(name: str, path: Path) -> dict[str, str]:
    """Texts of the tables in an archive; of several sets, those nearest to its top."""
    try:
        members = dict(_zipped(path) if zipfile.is_zipfile(path) else _tarred(path))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise ResourceError(f"{name} is neither a zip nor a tar archive: {error}.") from None
    except UnicodeDecodeError as error:
        raise ResourceError(f"{name} holds a table that is not UTF-8: {error.reason}.") from None
    roots = sorted(
        (PurePosixPath(member).parent for member in members if _is_sign(member)),
        key=lambda root: (len(root.parts), str(root)),
    )
    if not roots:
        raise ResourceError(f"{name} holds no tables: expected a folder with {_SIGN}.")
    if len(roots) > 1 and len(roots[0].parts) == len(roots[1].parts):
        told = ", ".join(str(root) for root in roots[:2])
        raise ResourceError(f"{name} holds several sets of tables ({told}); unpack the one meant.")
    return {
        str(PurePosixPath(member).relative_to(roots[0])): text
        for member, text in members.items()
        if PurePosixPath(member).is_relative_to(roots[0])
    }


def _is_sign(member: str) -> bool:
    return PurePosixPath(member).name == _SIGN


def _zipped(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as archive:
        wanted = [info for info in archive.infolist() if info.filename.endswith(".tsv")]
        _refuse_large(sum(info.file_size for info in wanted))
        for info in wanted:
            yield info.filename, archive.read(info).decode("utf-8")


def _tarred(path: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(path) as archive:
        wanted = [m for m in archive.getmembers() if m.isfile() and m.name.endswith(".tsv")]
        _refuse_large(sum(member.size for member in wanted))
        for member in wanted:
            stream = archive.extractfile(member)
            if stream is not None:
                yield member.name, stream.read().decode("utf-8")


def _refuse_large(size: int) -> None:
    if size > _MOST_BYTES:
        raise ResourceError(
            f"The tables in the archive take {size >> 20} MiB; {_MOST_BYTES >> 20} are allowed."
        )


def write_release(release: Release, target: Path) -> Path:
    """Folder of a release's tables; those out of an archive are written below `target`.

    Raises:
        ResourceError: when a path would leave the folder.
    """
    if release.root is not None:
        return release.root
    for name, text in release.texts.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ResourceError(f"{release.name} holds a table outside its folder: {name}.")
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return target
