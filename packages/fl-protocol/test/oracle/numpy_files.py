"""Writes files of arrays by numpy, and reads ours. See against-numpy.ts.

    python numpy_files.py write FOLDER   files, and theirs.json that tells what is in them
    python numpy_files.py read FOLDER    what ours.json tells of files; prints a JSON line for each that differs

Safetensors are taken along where the package is installed.
"""

import hashlib
import io
import json
import sys
from pathlib import Path

import numpy as np

try:
    import safetensors.numpy as safetensors
except ImportError:
    safetensors = None

CODES = {
    "bool": "b1", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4",
    "uint32": "u4", "int64": "i8", "uint64": "u8", "float16": "f2", "float32": "f4",
    "float64": "f8", "complex64": "c8", "complex128": "c16",
}  # fmt: skip
SHAPES = [(), (0,), (3,), (1,), (2, 3), (4, 1, 5), (3, 0, 2), (2, 3, 4, 5), (1, 1), (257, 33)]
NAMES = ["conv1.weight", "größe 漢字 🫁", "a/b/../c", "0", "10", "2", "", "__proto__", "x.npy"]

random = np.random.default_rng(7)


def array_of(dtype, shape):
    code = np.dtype("<" + CODES[dtype])
    count = int(np.prod(shape, dtype=np.int64))
    if dtype == "bool":
        return (random.integers(0, 2, count, dtype=np.uint8)).view(bool).reshape(shape)
    return np.frombuffer(random.bytes(count * code.itemsize), dtype=code).reshape(shape)


def told(name, array):
    """Row-major, little-endian."""
    order = array.dtype.newbyteorder("<") if array.dtype.itemsize > 1 else array.dtype
    data = np.ascontiguousarray(array).astype(order, copy=False).tobytes()
    dtype = next(d for d, c in CODES.items() if np.dtype("<" + c) == order)
    sha = hashlib.sha256(data).hexdigest()
    return {"name": name, "dtype": dtype, "shape": list(array.shape), "sha256": sha}


def by_name(tensor):
    return tensor["name"].encode()


def write(folder):
    files = []

    def add(name, data, tensors):
        (folder / name).write_bytes(data)
        files.append({"file": name, "tensors": tensors})

    number = 0
    for dtype in CODES:
        for shape in SHAPES:
            for order in "CF":
                for endian in "<>":
                    for version in [(1, 0), (2, 0), (3, 0)]:
                        array = array_of(dtype, shape)
                        kept = array.astype(array.dtype.newbyteorder(endian))
                        kept = np.asfortranarray(kept) if order == "F" and shape else kept
                        file = io.BytesIO()
                        np.lib.format.write_array(file, kept, version=version)
                        add(f"{number}.npy", file.getvalue(), [told("", array)])
                        number += 1
    for save in [np.savez, np.savez_compressed]:
        model = {name: array_of(list(CODES)[i], (i, 3)) for i, name in enumerate(NAMES)}
        model["large"] = array_of("float32", (1000, 1001))
        file = io.BytesIO()
        save(file, **model)
        add(f"{save.__name__}.npz", file.getvalue(), [told(n, a) for n, a in model.items()])
    for i, array in enumerate([
        np.array([{}, None], dtype=object),
        np.zeros(2, dtype=[("a", "<f4"), ("b", "<i8", (2,))]),
        np.array(["text", "s"]),
        np.array([b"bytes"]),
        np.array(["2026-11-22"], dtype="datetime64[D]"),
        np.array([3], dtype="timedelta64[s]"),
        np.zeros(2, dtype=np.longdouble),
        np.zeros(2, dtype=np.clongdouble),
        np.zeros(2, dtype="V2"),
    ]):  # fmt: skip
        file = io.BytesIO()
        np.save(file, array, allow_pickle=True)
        add(f"refused-{i}.npy", file.getvalue(), None)
        file = io.BytesIO()
        np.savez(file, good=np.zeros(2), bad=array)
        add(f"refused-{i}.npz", file.getvalue(), None)
    if safetensors:
        for i in range(3):
            known = [d for d in CODES if d != "complex128"]
            model = {f"{d} {n}": array_of(d, SHAPES[(i + j) % 10])
                     for j, (d, n) in enumerate(zip(known, NAMES * 2))}  # fmt: skip
            data = safetensors.save(model, metadata={"größe": "漢字"})
            add(f"{i}.safetensors", data, sorted((told(n, a) for n, a in model.items()), key=by_name))
    bits = random.integers(0, 2**32, 400_000, dtype=np.uint32)
    # Half of them where a float16 has its numbers, and half way between them.
    bits[::2] = (bits[::2] & 0x8FFFFFFF) | 0x38000000 ^ (bits[::2] & 0x08000000)
    bits[::4] = (bits[::4] & 0xFFFFE000) | 0x1000
    with np.errstate(all="ignore"):
        halves = bits.view(np.float32).astype(np.float16)
    np.save(folder / "float32.npy", bits)
    np.save(folder / "float16.npy", halves.view(np.uint16))
    (folder / "theirs.json").write_text(json.dumps(files))


def read(folder):
    counts = {"files": 0, "tensors": 0, "same": 0}
    failed = []
    for entry in json.loads((folder / "ours.json").read_text()):
        name, expected = entry["file"], entry["tensors"]
        path = folder / name
        if name.endswith(".safetensors") and not safetensors:
            continue
        if name.endswith(".npy"):
            array = np.load(path, allow_pickle=False)
            got = [told("", array)]
            file = io.BytesIO()
            np.save(file, array)
        elif name.endswith(".npz"):
            with np.load(path, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            got = [told(key, array) for key, array in arrays.items()]
            file = io.BytesIO()
            (np.savez_compressed if "compressed" in name else np.savez)(file, **arrays)
        else:
            # What the original gives is not in the order of the file.
            arrays = safetensors.load(path.read_bytes())
            got = sorted((told(key, array) for key, array in arrays.items()), key=by_name)
            expected = sorted(expected, key=by_name)
            file = None
        counts["files"] += 1
        counts["tensors"] += len(got)
        if file is not None and file.getvalue() == path.read_bytes():
            counts["same"] += 1
        if got != expected:
            failed.append({"file": name, "got": got[:3], "expected": expected[:3]})
    print(json.dumps({"counts": counts, "failed": failed, "numpy": np.__version__}))


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](Path(sys.argv[2]))
