"""Prints, for each file that pydicom can decode, a line of JSON: name, shape, and the SHA-256 of each frame's samples; for each
other file in which it finds pixel data the name, and what it said.

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
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

warnings.filterwarnings("ignore")
corpus, target = sys.argv[1:3]
# Baseline JPEG, though its transfer syntax says lossless.
MISLABELLED = {"sample-op.dcm"}
PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
LOSSY = {"1.2.840.10008.1.2.4." + end for end in ("50", "51", "81", "91", "203")}


def name_syntax(dataset):
    """A bare data set has no meta information; how it was read says what its transfer syntax is."""
    if "TransferSyntaxUID" in dataset.file_meta:
        return
    implicit, little = dataset.original_encoding
    native = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    dataset.file_meta.TransferSyntaxUID = native if little else ExplicitVRBigEndian


for folder, _, names in sorted(os.walk(corpus)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        dataset = None
        try:
            dataset = pydicom.dcmread(path, force=True)
            name_syntax(dataset)
            syntax = str(dataset.file_meta.TransferSyntaxUID)
            lossy = syntax in LOSSY or name in MISLABELLED
            array = pixel_array(dataset, raw=not lossy)
        except Exception as error:
            if dataset is not None and any(tag in dataset for tag in PIXELS):
                print(json.dumps({"name": os.path.relpath(path, corpus), "undecoded": type(error).__name__}))
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
