"""The file of a compressed graph: named arrays behind a header, checked as they are read.

    bytes 0-31   magic, version, length and CRC of the header, CRC of the block table, file size
    header       JSON: what the arrays are (type, place, length) and what the caller adds
    arrays       little-endian, each filled up to a multiple of 4096 bytes
    block table  one CRC-32 for each 4096 bytes of the arrays

Only blocks that an answer rests on are checked, each once: a question touches a thousandth of
a large file, and a damaged block is found before a number from it is used. The header is
checked whole when a file is opened, and so is the size of the file, which tells truncation.

A file can be mapped (fast for many questions; the pages count as memory of the process) or
read piece by piece (`frugal`: what one question needs and no more).
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from kras_graph.model.errors import GraphFileError

MAGIC = b"KRASCSR\x00"
VERSION = 1
BLOCK = 4096
_PREFIX = struct.Struct("<8sIIIIQ")  # magic, version, header length, CRCs, file size
_TYPES = {"|u1", "|i1", "<u2", "<i4", "<u4", "<i8"}
_GAP = 4 * BLOCK  # pieces nearer than this are read as one
_WINDOW = 1 << 20  # bytes read at once
_SMALL = 1 << 20  # bytes of an array that is read whole and kept

Ints: TypeAlias = npt.NDArray[np.integer[Any]]


def write(path: Path, arrays: Mapping[str, npt.NDArray[Any]], header: Mapping[str, Any]) -> None:
    """Write a file as a whole: whoever reads meanwhile sees the old file or the new one.

    Args:
        path: where to; an existing file is replaced.
        arrays: what to store, by name.
        header: anything that JSON can hold; given back by `Store.header`.

    Raises:
        GraphFileError: when the file cannot be written.
    """
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        try:
            with os.fdopen(handle, "wb") as stream:
                for piece in _pieces(arrays, header):
                    stream.write(piece)
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GraphFileError(f"{path} cannot be written: {error.strerror}.") from None


def _pieces(
    arrays: Mapping[str, npt.NDArray[Any]], header: Mapping[str, Any]
) -> Iterator[bytes | memoryview]:
    """Prefix, header, arrays with their padding, block table."""
    places: dict[str, tuple[str, int, int]] = {}
    end = 0  # counted from the first array
    for name, array in arrays.items():
        places[name] = (array.dtype.str, end, len(array))
        end += array.nbytes + -array.nbytes % BLOCK
    told = json.dumps({**header, "arrays": places, "end": end}, sort_keys=True).encode()
    told += b" " * (-(_PREFIX.size + len(told)) % BLOCK)
    bodies = [np.ascontiguousarray(array).view(np.uint8).data for array in arrays.values()]
    sums = [
        zlib.crc32(bytes(-len(part) % BLOCK), zlib.crc32(part))
        for body in bodies
        for part in (body[place : place + BLOCK] for place in range(0, len(body), BLOCK))
    ]
    table = np.array(sums, "<u4").tobytes()
    size = _PREFIX.size + len(told) + end + len(table)
    yield _PREFIX.pack(MAGIC, VERSION, len(told), zlib.crc32(told), zlib.crc32(table), size)
    yield told
    for body in bodies:
        yield body
        yield bytes(-len(body) % BLOCK)
    yield table


class Store:
    """The arrays of a file, each block checked before it is used for the first time.

    Attributes:
        header: what the writer added.
        path: the file.
    """

    def __init__(self, path: Path, *, frugal: bool = False) -> None:
        """Open a file and check its header.

        Args:
            path: the file.
            frugal: read pieces instead of mapping the file, which keeps memory small.

        Raises:
            GraphFileError: when it is missing, foreign, damaged or cut off.
        """
        self.path = path
        try:
            with path.open("rb") as stream:
                self._open(stream.fileno(), frugal)
        except OSError as error:
            raise GraphFileError(f"{path} cannot be read: {error.strerror}.") from None

    def _open(self, handle: int, frugal: bool) -> None:
        size = os.fstat(handle).st_size
        prefix = os.pread(handle, _PREFIX.size, 0)
        if prefix[:8] != MAGIC:
            raise GraphFileError(
                f"{self.path} is no compressed graph. Make one with: "
                "kras-graph compress EDGES.tsv -o FILE.csr"
            )
        if len(prefix) < _PREFIX.size:
            raise self._damaged("its header is cut off")
        _, version, length, told_sum, table_sum, told_size = _PREFIX.unpack(prefix)
        if version != VERSION:
            raise GraphFileError(
                f"{self.path} has version {version} of the format; this program reads version "
                f"{VERSION}. Make the file again with: kras-graph compress"
            )
        if size != told_size:
            raise self._damaged(f"it has {size} bytes of {told_size}")
        if _PREFIX.size + length > size:
            raise self._damaged("its header is cut off")
        told = os.pread(handle, length, _PREFIX.size)
        if zlib.crc32(told) != told_sum:
            raise self._damaged("its header does not match its checksum")
        header = json.loads(told)
        self._places: dict[str, tuple[str, int, int]] = header.pop("arrays")
        end = header.pop("end")
        self.header: dict[str, Any] = header
        self._data = _PREFIX.size + length
        table = os.pread(handle, size - self._data - end, self._data + end)
        if zlib.crc32(table) != table_sum:
            raise self._damaged("its table of checksums does not match its own checksum")
        for name, (kind, start, count) in self._places.items():
            if kind not in _TYPES or start + count * np.dtype(kind).itemsize > end:
                raise self._damaged(f"the array {name!r} does not fit")
        self._sums = np.frombuffer(table, "<u4")
        self._good = np.zeros(len(self._sums), np.bool_)
        self._kept: dict[str, npt.NDArray[Any]] = {}
        self._sound: set[str] = set()  # arrays of which every block was checked
        self._end = end
        self._handle = -1
        self._map: mmap.mmap | None = None
        if frugal or not end:
            self._handle = os.dup(handle)
        else:
            self._map = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
            self._bytes = memoryview(self._map)

    def __del__(self) -> None:
        if getattr(self, "_handle", -1) >= 0:
            os.close(self._handle)

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def length(self, name: str) -> int:
        """Number of items of an array."""
        return self._places[name][2]

    def slice(self, name: str, start: int, stop: int) -> npt.NDArray[Any]:
        """Items of an array from `start` up to `stop`."""
        kind, place, count = self._places[name]
        if not 0 <= start <= stop <= count:
            raise self._damaged(f"{name} has no items {start} to {stop}")
        if start == stop:
            return np.empty(0, kind)
        if self._map is not None or count * np.dtype(kind).itemsize <= _SMALL:
            whole = self._array(name)
            if name not in self._sound:
                self._check_items(name, start, stop)
            return whole[start:stop]
        size = np.dtype(kind).itemsize
        return self._read(place + start * size, place + stop * size).view(kind)

    def whole(self, name: str) -> npt.NDArray[Any]:
        """A whole array."""
        return self.slice(name, 0, self.length(name))

    def take(self, name: str, at: Ints) -> npt.NDArray[Any]:
        """Single items of an array."""
        return self.ranges(name, at, at + 1)

    def ranges(self, name: str, starts: Ints, stops: Ints) -> npt.NDArray[Any]:
        """Items of an array in several ranges, one range after the other.

        Args:
            name: the array.
            starts: first items.
            stops: last items, exclusive.
        """
        kind, place, count = self._places[name]
        lengths = stops.astype(np.int64) - starts
        total = int(lengths.sum())
        if not total:
            return np.empty(0, kind)
        size = np.dtype(kind).itemsize
        if name in self._sound:
            return _gather(self._kept[name], starts, lengths, total)
        if self._map is not None or count * size <= _SMALL:
            whole = self._array(name)
            if name not in self._sound:
                self._check_ranges(place + starts.astype(np.int64) * size, lengths * size)
            return _gather(whole, starts, lengths, total)
        return self._read_ranges(name, starts.astype(np.int64), lengths, total)

    def check(self) -> None:
        """Check every block of the file.

        Raises:
            GraphFileError: when one is damaged.
        """
        for start in range(0, self._end, _WINDOW):
            stop = min(start + _WINDOW, self._end)
            if self._map is None:
                self._read(start, stop)
            else:
                self._check_blocks(start // BLOCK, stop // BLOCK)

    def _array(self, name: str) -> npt.NDArray[Any]:
        """An array in full: mapped, or read whole once. A small one is checked at once."""
        if name not in self._kept:
            kind, place, count = self._places[name]
            size = count * np.dtype(kind).itemsize
            if self._map is not None:
                self._kept[name] = np.frombuffer(self._map, kind, count, self._data + place)
            else:
                self._kept[name] = self._read(place, place + size).view(kind)
            if size <= _SMALL:
                self._check_blocks(place // BLOCK, -(-(place + size) // BLOCK))
                self._sound.add(name)
        return self._kept[name]

    def _check_items(self, name: str, start: int, stop: int) -> None:
        kind, place, _ = self._places[name]
        size = np.dtype(kind).itemsize
        first, last = place + start * size, place + stop * size
        self._check_blocks(first // BLOCK, -(-last // BLOCK))

    def _check_ranges(self, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> None:
        first, last = starts // BLOCK, (starts + np.maximum(sizes, 1) - 1) // BLOCK
        if self._good[first].all() and self._good[last].all() and (last - first).max() <= 1:
            return
        for number in np.flatnonzero(last - first > 1):
            self._check_blocks(int(first[number]), int(last[number]) + 1)
        both = np.concatenate((first, last))
        for block in np.unique(both[~self._good[both]]):
            self._check_blocks(int(block), int(block) + 1)

    def _check_blocks(self, first: int, last: int) -> None:
        """Check the blocks from `first` up to `last` that have not been checked yet."""
        if self._map is None or self._good[first:last].all():
            return  # what was read by pieces has been checked then
        for block in np.flatnonzero(~self._good[first:last]) + first:
            start = self._data + int(block) * BLOCK
            self._judge(int(block), self._bytes[start : start + BLOCK])

    def _judge(self, block: int, content: bytes | memoryview) -> None:
        if zlib.crc32(content) != self._sums[block]:
            raise self._damaged(f"block {block} does not match its checksum")
        self._good[block] = True

    def _read(self, start: int, stop: int) -> npt.NDArray[np.uint8]:
        """Bytes of the arrays, read from the file and checked."""
        first, last = start // BLOCK, -(-stop // BLOCK)
        try:
            wanted = (last - first) * BLOCK
            content = os.pread(self._handle, wanted, self._data + first * BLOCK)
        except OSError as error:
            raise GraphFileError(f"{self.path} cannot be read: {error.strerror}.") from None
        if len(content) != wanted:
            raise self._damaged("it was cut off while it was read")
        view = memoryview(content)
        for block in np.flatnonzero(~self._good[first:last]):
            self._judge(first + int(block), view[block * BLOCK : (block + 1) * BLOCK])
        return np.frombuffer(content, np.uint8)[start - first * BLOCK : stop - first * BLOCK]

    def _read_ranges(
        self, name: str, starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], total: int
    ) -> npt.NDArray[Any]:
        """Ranges of an array, near ones read together."""
        kind, place, _ = self._places[name]
        size = np.dtype(kind).itemsize
        order = np.argsort(starts, kind="stable")
        first, last = starts[order], (starts + lengths)[order]
        reach = np.maximum.accumulate(last)
        fresh = (first[1:] - reach[:-1]) * size > _GAP
        fresh |= first[1:] * size // _WINDOW != first[:-1] * size // _WINDOW
        edges = np.concatenate(([0], np.flatnonzero(fresh) + 1, [len(order)]))
        found = np.empty(total, kind)
        put = np.cumsum(lengths) - lengths
        for here, there in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            low = int(first[here])
            high = int(last[here:there].max())
            if high == low:
                continue
            window = self._read(place + low * size, place + high * size).view(kind)
            members = order[here:there]
            if len(members) == 1:
                at = int(put[members[0]])
                found[at : at + high - low] = window
                continue
            some = lengths[members]
            count = int(some.sum())
            found[positions(put[members], some, count)] = _gather(
                window, first[here:there] - low, some, count
            )
        return found

    def _damaged(self, what: str) -> GraphFileError:
        return GraphFileError(
            f"{self.path} is damaged: {what}. Make it again with: kras-graph compress"
        )


def positions(starts: Ints, lengths: Ints, total: int) -> npt.NDArray[np.int64]:
    """All items of several ranges, one range after the other."""
    before = np.cumsum(lengths) - lengths
    found: npt.NDArray[np.int64] = np.arange(total, dtype=np.int64)
    found += np.repeat(starts - before, lengths)
    return found


def _gather(array: npt.NDArray[Any], starts: Ints, lengths: Ints, total: int) -> npt.NDArray[Any]:
    """Items of an array in several ranges; long ranges are copied, short ones picked."""
    if len(starts) * 64 <= total:
        ends = (starts + lengths).tolist()
        return np.concatenate([array[a:b] for a, b in zip(starts.tolist(), ends, strict=True)])
    if len(starts) == total and lengths.min() == 1:
        return array[starts]
    return array[positions(starts, lengths, total)]
