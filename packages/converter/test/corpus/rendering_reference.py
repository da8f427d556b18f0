"""Prints, for each file that pydicom can decode, a line of JSON: what modality, VOI and D-SAIL's way make of its first
frame and of its last.

    python rendering_reference.py CORPUS FOLDER

Of grey frames: the SHA-256 of the values after the modality transformation, as float64; a file of FOLDER with the
output of the VOI, as 8 bits, or as 16 bits unscaled if it is a table. Of all but palettes: a file with the image as
`img_from_dicom` makes it; of palettes one with the colours. What DCMTK cannot decompress is written to FOLDER, decompressed.
"""
import copy
import hashlib
import json
import os
import sys
import warnings

import numpy
import pydicom
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut, pixel_array
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

warnings.filterwarnings("ignore")
corpus, target = sys.argv[1:3]
LOSSY = {"1.2.840.10008.1.2.4." + end for end in ("50", "51", "81", "91", "203")}
# Baseline JPEG, though its transfer syntax says lossless.
MISLABELLED = {"sample-op.dcm"}
# What dcmj2pnm decompresses: native, deflated, RLE and JPEG.
DCMTK = {"1.2.840.10008.1.2" + end for end in ("", ".1", ".2", ".1.99", ".5", ".4.50", ".4.51", ".4.57", ".4.70")}


def name_syntax(dataset):
    """A bare data set has no meta information; how it was read says what its transfer syntax is."""
    if "TransferSyntaxUID" in dataset.file_meta:
        return
    implicit, little = dataset.original_encoding
    native = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    dataset.file_meta.TransferSyntaxUID = native if little else ExplicitVRBigEndian


def lift_functional_groups(dataset, frame):
    """A copy that says at its top level what functional groups say of a frame: pydicom looks only there."""
    lifted = pydicom.Dataset()
    for element in dataset:
        if element.tag.group < 0x7FE0 and element.tag not in (0x52009229, 0x52009230):
            lifted[element.tag] = copy.copy(element)
    own = dataset.get("PerFrameFunctionalGroupsSequence")
    shared = dataset.get("SharedFunctionalGroupsSequence")
    for macro in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
        for groups in (own[frame : frame + 1] if own else None, shared[:1] if shared else None):
            sequence = groups[0].get(macro) if groups else None
            if sequence:
                for element in sequence[0]:
                    lifted[element.tag] = element
                break
    return lifted


def save(name, kind, index, array):
    file = hashlib.sha256(f"{name} {kind} {index}".encode()).hexdigest()
    array.astype(array.dtype.newbyteorder("<")).tofile(os.path.join(target, file))
    return file


def output_range(dataset):
    """The range to which apply_voi_lut maps a window."""
    bits = int(dataset.BitsStored)
    if dataset.get("ModalityLUTSequence"):
        return 0, 2 ** dataset.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if dataset.PixelRepresentation else (0, 2**bits - 1)
    if dataset.get("RescaleSlope") is not None and dataset.get("RescaleIntercept") is not None:
        slope, intercept = float(dataset.RescaleSlope), float(dataset.RescaleIntercept)
        return low * slope + intercept, high * slope + intercept
    return low, high


def attempt(work):
    try:
        return work()
    except Exception:
        return None


def grey(name, dataset, array, index):
    found = {"modality": None, "window": None, "table": None}
    values = attempt(lambda: apply_modality_lut(array, dataset))
    if values is None:
        return found
    found["modality"] = hashlib.sha256((values.astype("<f8") + 0.0).tobytes()).hexdigest()
    output = attempt(lambda: apply_voi_lut(values, dataset))
    if output is None or output is values:
        return found
    if dataset.get("VOILUTSequence"):
        found["table"] = save(name, "table", index, output.astype("u2"))
    elif dataset.get("WindowWidth") is not None:
        low, high = output_range(dataset)
        if high != low:
            scaled = (output - low) / (high - low) * 255
            found["window"] = save(name, "window", index, numpy.round(numpy.clip(scaled, 0, 255)).astype("u1"))
    return found


def img_from_dicom(dataset, array):
    """As D-SAIL, but in float64: its int16 overflows where values span more than 32,767."""
    image = apply_voi_lut(array, dataset) if "WindowWidth" in dataset else array
    image = image.astype(numpy.float64)
    low, high = image.min(), image.max()
    if low == high:
        return numpy.zeros(image.shape, "u1")
    return numpy.round((image - low) / (high - low) * 255).astype("u1")


for folder, _, names in sorted(os.walk(corpus)):
    for base in sorted(names):
        path = os.path.join(folder, base)
        try:
            dataset = pydicom.dcmread(path, force=True)
            name_syntax(dataset)
            syntax = str(dataset.file_meta.TransferSyntaxUID)
            count = int(dataset.get("NumberOfFrames", 1) or 1)
            indices = sorted({0, count - 1})
            arrays = [pixel_array(dataset, index=index) for index in indices]
        except Exception:
            continue
        name = os.path.relpath(path, corpus)
        kind = dataset.PhotometricInterpretation
        frames = []
        for index, array in zip(indices, arrays):
            lifted = lift_functional_groups(dataset, index)
            found = {"index": index, "modality": None, "window": None, "table": None, "dsail": None, "palette": None}
            if kind.startswith("MONOCHROME"):
                found.update(grey(name, lifted, array, index))
            if kind.startswith("PALETTE"):
                colors = attempt(lambda: apply_color_lut(array, dataset))
                if colors is not None:
                    found["palette"] = save(name, "palette", index, colors)
            else:
                image = attempt(lambda: img_from_dicom(lifted, array))
                if image is not None:
                    found["dsail"] = save(name, "dsail", index, image)
            frames.append(found)
        plain = None
        if syntax not in DCMTK or base in MISLABELLED:
            plain = hashlib.sha256(name.encode()).hexdigest() + ".dcm"
            try:
                dataset.decompress()
                dataset.save_as(os.path.join(target, plain))
            except Exception:
                continue
        lossy = syntax in LOSSY or base in MISLABELLED
        grouped = "PerFrameFunctionalGroupsSequence" in dataset or "SharedFunctionalGroupsSequence" in dataset
        print(json.dumps({"name": name, "lossy": lossy, "isGrouped": grouped, "plain": plain, "frames": frames}))
