"""Reads a folder of events with TensorBoard's own reader; prints what is in it as JSON."""

import base64
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

log = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "tensors": 0})
log.Reload()
tags = log.Tags()
print(
    json.dumps(
        {
            "version": log.file_version,
            "scalars": {
                tag: [[e.step, e.wall_time, e.value] for e in log.Scalars(tag)]
                for tag in tags["scalars"]
            },
            "images": {
                tag: [
                    [e.step, e.width, e.height, base64.b64encode(e.encoded_image_string).decode()]
                    for e in log.Images(tag)
                ]
                for tag in tags["images"]
            },
        }
    )
)
