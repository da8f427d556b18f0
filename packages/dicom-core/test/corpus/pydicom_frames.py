"""Prints, for each file that pydicom can decode by itself, a line of JSON: name, shape, and the SHA-256 of each frame's samples.

    python pydicom_frames.py CORPUS

Samples are little endian, as wide as they are allocated, those of a pixel together, colours as they are stored.
"""
import hashlib
import json
import os
import sys
import warnings

import numpy
import pydicom
from pydicom.pixels import pixel_array

warnings.filterwarnings("ignore")
corpus = sys.argv[1]
for folder, _, names in sorted(os.walk(corpus)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        try:
            dataset = pydicom.dcmread(path, force=True)
            syntax = str(dataset.file_meta.TransferSyntaxUID)
            array = pixel_array(dataset, raw=True)
        except Exception:
            continue
        count = int(getattr(dataset, "NumberOfFrames", 1) or 1)
        frames = array if count > 1 else array[numpy.newaxis]
        little = frames.astype(frames.dtype.newbyteorder("<"))
        print(json.dumps({
            "name": os.path.relpath(path, corpus),
            "syntax": syntax,
            "shape": list(frames.shape),
            "frames": [hashlib.sha256(frame.tobytes()).hexdigest() for frame in little],
        }))
