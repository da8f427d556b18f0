"""Compares rewritten files with their originals, raw value by raw value, as pydicom reads them.

    python rewrite_against_pydicom.py CORPUS REWRITTEN

Patient's name and ID and all UIDs were replaced on purpose; group lengths follow from that. Everything else
has to be the same bytes, in the same place, with the same VR. Prints what differs; exit code 1 if anything does.
"""

import logging
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

REPLACED = {0x00100010, 0x00100020}

# pydicom takes the four letters DICM in the middle of its data for a preamble.
MISREAD = {"dcm4che/no_preamble_dicm_in_data"}


def raw(element):
    return element.VR, element.value


def differences(old: Dataset, new: Dataset, path: str):
    # As they lie in the file: pydicom decodes an element, and some others with it, when it is asked for one.
    old_elements, new_elements = dict(old._dict), dict(new._dict)
    if set(old_elements) != set(new_elements):
        yield f"{path}: other elements"
    for tag, before in old_elements.items():
        after = new_elements.get(tag)
        if after is None or tag in REPLACED or tag & 0xFFFF == 0:
            continue
        vr_before, value_before = raw(before)
        vr_after, value_after = raw(after)
        decoded = old[tag]
        if decoded.VR == "UI":
            continue
        if decoded.VR == "SQ":
            items, new_items = decoded.value, new[tag].value
            if len(items) != len(new_items):
                yield f"{path}{tag}: other number of items"
            for index, (item, new_item) in enumerate(zip(items, new_items)):
                yield from differences(item, new_item, f"{path}{tag}[{index}].")
        elif vr_before != vr_after or value_before != value_after:
            yield f"{path}{tag}: other bytes"


def shows_new_values(new: Dataset) -> bool:
    """Whether anything was replaced: comparing files that nobody changed would prove nothing."""
    return "DSAIL^REWRITTEN" in str(new.get("PatientName", "")) or str(
        new.get("SOPInstanceUID", "")
    ).startswith("2.25.99")


def main(corpus: Path, rewritten: Path) -> int:
    same = 0
    different = 0
    changed = 0
    for path in sorted(p for p in rewritten.rglob("*") if p.is_file()):
        name = path.relative_to(rewritten).as_posix()
        if name in MISREAD:
            continue
        old = pydicom.dcmread(corpus / name, force=True)
        new = pydicom.dcmread(path, force=True)
        found = list(differences(old, new, ""))
        changed += shows_new_values(new)
        if found:
            different += 1
            print(name, found[:3])
        else:
            same += 1
    print(f"{same} files rewritten with all else the same, {different} different; {changed} show the new values")
    return 1 if different or not changed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
