"""Decodes transcoded files, and compares the digests of their frames.

    pydicom_transcoded.py FOLDER

FOLDER/frames.json has the expected digests by file. pydicom warns and decodes what it can; files that it cannot decode
at all, whichever syntax they are in, are counted.
"""

import hashlib
import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import iter_pixels

# What pydicom 3 does not decode: deflated frames, RLE of single bits.
EXPECTED = {"NotImplementedError", "RuntimeError"}

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
same, other, undecoded = Counter(), [], Counter()
for name, expected in json.loads((folder / "frames.json").read_text()).items():
    target = name.split("/")[0]
    try:
        dataset = pydicom.dcmread(folder / name)
        frames = [np.ascontiguousarray(frame) for frame in iter_pixels(dataset, raw=True)]
    except Exception as error:
        undecoded[f"{target}: {type(error).__name__}"] += 1
        if type(error).__name__ not in EXPECTED:
            other.append(f"{name}: {type(error).__name__}")
        continue
    # A codestream of 8 bits gives bytes, also where the header allocates more.
    digests = [
        hashlib.sha256(frame.astype(f"<{frame.dtype.kind}{expected['bytes']}").tobytes()).hexdigest()
        for frame in frames
    ]
    if digests == expected["frames"]:
        same[target] += 1
    else:
        other.append(f"{name}: {sum(a == b for a, b in zip(digests, expected['frames']))} of {len(expected['frames'])} frames are the same")
print("pydicom: the same:", dict(same), "not decoded:", dict(undecoded))
for line in other[:40]:
    print(" ", line)
sys.exit(1 if other else 0)
