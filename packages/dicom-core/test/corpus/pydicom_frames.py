"""Prints, for each file that pydicom can decode, a line of JSON: name, shape, and the SHA-256 of each frame's samples.

    python pydicom_frames.py CORPUS FOLDER

Samples are little endian, as wide as they are allocated, those of a pixel together, colours as they are stored. Of lossy
compression decoders may differ by one: there the samples themselves are written to a file of FOLDER, in RGB.
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
corpus, target = sys.argv[1:3]
# Baseline JPEG, though its transfer syntax says lossless.
MISLABELLED = {"sample-op.dcm"}
LOSSY = {"1.2.840.10008.1.2.4." + end for end in ("50", "51", "81", "91", "203")}
for folder, _, names in sorted(os.walk(corpus)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        try:
            dataset = pydicom.dcmread(path, force=True)
            syntax = str(dataset.file_meta.TransferSyntaxUID)
            lossy = syntax in LOSSY or name in MISLABELLED
            array = pixel_array(dataset, raw=not lossy)
        except Exception:
            continue
        count = int(getattr(dataset, "NumberOfFrames", 1) or 1)
        frames = array if count > 1 else array[numpy.newaxis]
        little = frames.astype(frames.dtype.newbyteorder("<"))
        file = None
        if lossy:
            file = hashlib.sha256(path.encode()).hexdigest()
            little.tofile(os.path.join(target, file))
        print(json.dumps({
            "file": file,
            "name": os.path.relpath(path, corpus),
            "syntax": syntax,
            "shape": list(frames.shape),
            "frames": [hashlib.sha256(frame.tobytes()).hexdigest() for frame in little],
        }))
