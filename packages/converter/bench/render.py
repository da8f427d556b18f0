"""Renders each DICOM file of a folder to PNG, with pydicom and Pillow: what bench.ts is compared with.

    render.py INPUT OUTPUT
"""

import sys
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.pixels import apply_modality_lut, apply_voi_lut

source, target = map(Path, sys.argv[1:])
target.mkdir(exist_ok=True)
for path in sorted(source.iterdir()):
    dataset = pydicom.dcmread(path)
    values = apply_voi_lut(apply_modality_lut(dataset.pixel_array, dataset), dataset)
    low, high = values.min(), values.max()
    pixels = np.round((values - low) / max(high - low, 1) * 255).astype(np.uint8)
    Image.fromarray(pixels).save(target / f"{path.stem}.png")
