"""Writes down what pydicom makes of every file of a corpus, for compare-values.ts to compare with.

    python pydicom_values.py CORPUS OUT

Of each file that pydicom reads without `force`, OUT gets `<file>.jsonl`: one line per element at every depth, in the
order of the file,

    {"path": "(0040,A730)[1].(0008,0100)", "vr": "SH", "value": {"text": ["T-A0100"]}, "raw": [length, sha256]}

and a last line {"json": ...} with `Dataset.to_json_dict()`, where OW of a big endian file also has "WordsSwapped". OUT/index.json lists the files, and for those not read the
reason. Numbers that JSON has not, and integers beyond 2^53, are written as {"number": "NaN"}; bytes as their length and
SHA-256.
"""

import base64
import hashlib
import json
import logging
import math
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.multival import MultiValue

BYTES = {"OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW", "US or OW", "US or SS or OW"}
NUMBERS = {"FD", "FL", "SL", "SS", "UL", "US", "US or SS"}
SAFE = 2**53


def digest(data):
    return [len(data), hashlib.sha256(data).hexdigest()]


def number(value):
    if isinstance(value, str):
        return {"number": value}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")}
    if isinstance(value, int) and abs(value) >= SAFE:
        return {"number": str(int(value))}
    return int(value) if isinstance(value, int) else float(value)


def decimal(value):
    if isinstance(value, str):  # empty, or what pydicom could not convert
        return [value, {"number": "NaN"}]
    return [value.original_string, number(value)]


def canonical(element):
    value = element.value
    if element.VR == "SQ":
        return {"items": len(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": digest(bytes(value))}
    if value is None or (not isinstance(value, MultiValue) and str(value) == ""):
        return {}
    values = list(value) if isinstance(value, (MultiValue, list)) else [value]
    if element.VR in ("DS", "IS"):
        return {"decimal": [decimal(v) for v in values]}
    if element.VR == "AT":
        return {"tag": [f"{int(v):08X}" for v in values]}
    if element.VR in ("SV", "UV"):
        return {"bigint": [str(v) for v in values]}
    if element.VR in NUMBERS:
        return {"number": [number(v) for v in values]}
    return {"text": [str(v) for v in values]}


def walk(dataset, prefix, lines):
    for tag in dataset.keys():
        path = f"{prefix}({tag.group:04X},{tag.element:04X})"
        # Before the first access an element is as it was read; the access decodes it.
        raw = getattr(dataset.get_item(tag), "value", None)
        raw = digest(raw) if isinstance(raw, bytes) else None
        element = dataset[tag]
        lines.append({"path": path, "vr": str(element.VR), "value": canonical(element), "raw": raw})
        if element.VR == "SQ":
            for i, item in enumerate(element.value):
                walk(item, f"{path}[{i}].", lines)


def swapped(data):
    return b"".join(data[i : i + 2][::-1] for i in range(0, len(data), 2))


def plain(value, big_endian):
    """JSON that JSON.parse can read without loss, and without megabytes of base64."""
    if isinstance(value, dict):
        result = {k: plain(v, big_endian) for k, v in value.items() if k != "InlineBinary"}
        if "InlineBinary" in value:
            data = base64.b64decode(value["InlineBinary"])
            result["InlineBinary"] = digest(data)
            if big_endian and value["vr"] == "OW":
                result["WordsSwapped"] = digest(swapped(data))
        return result
    if isinstance(value, (list, tuple, MultiValue)):
        return [plain(v, big_endian) for v in value]
    if isinstance(value, (bool, type(None))):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, str):
        return number(value)
    return str(value)


def main(corpus, out):
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    index = {"pydicom": pydicom.__version__, "read": [], "notRead": {}}
    for path in sorted(p for p in corpus.rglob("*") if p.is_file() and p.name != "MANIFEST.csv"):
        name = path.relative_to(corpus).as_posix()
        try:
            dataset = pydicom.dcmread(path)
        except Exception as error:
            index["notRead"][name] = type(error).__name__
            continue
        lines = []
        walk(dataset.file_meta, "", lines)
        walk(dataset, "", lines)
        try:
            big_endian = dataset.original_encoding[1] is False
            lines.append({"json": plain(dataset.to_json_dict(), big_endian)})
        except Exception as error:
            lines.append({"json": None, "error": f"{type(error).__name__}: {error}"})
        target = out / f"{name}.jsonl"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(json.dumps(line, allow_nan=False) + "\n" for line in lines))
        index["read"].append(name)
    (out / "index.json").write_text(json.dumps(index, indent=1))
    print(f"pydicom {pydicom.__version__}: {len(index['read'])} files read, {len(index['notRead'])} not")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
