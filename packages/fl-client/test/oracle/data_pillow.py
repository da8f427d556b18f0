"""What Pillow makes of images: one JSON line in, one out. See data-against-pillow.ts."""
import base64
import io
import json
import sys

import numpy as np
from PIL import Image, ImageOps


def image_of(job):
    kind = np.uint8 if job["bits"] == 8 else np.uint16
    pixels = np.frombuffer(base64.b64decode(job["pixels"]), kind)
    shape = (job["rows"], job["columns"]) + ((3,) if job["channels"] == 3 else ())
    return Image.fromarray(pixels.reshape(shape))


def text_of(image):
    return base64.b64encode(np.asarray(image).tobytes()).decode()


def answer(job):
    kind = job["kind"]
    if kind == "encode":
        image = image_of(job)
        if job.get("mode"):
            image = image.convert(job["mode"])
        out = io.BytesIO()
        image.save(out, job["format"], **job.get("options", {}))
        read = Image.open(io.BytesIO(out.getvalue()))
        wanted = read if job["bits"] == 16 else read.convert("RGB")
        return {"file": base64.b64encode(out.getvalue()).decode(), "pixels": text_of(wanted)}
    image = image_of(job)
    size = (job["toColumns"], job["toRows"])
    if kind == "resize":
        # Across, then down. Pillow 13 does it the other way round where that is less work.
        across = image.resize((job["toColumns"], job["rows"]), Image.BILINEAR)
        return {"pixels": text_of(across.resize(size, Image.BILINEAR))}
    if kind == "resize at once":
        return {"pixels": text_of(image.resize(size, Image.BILINEAR))}
    if kind == "crop":
        return {"pixels": text_of(ImageOps.fit(image, size, Image.BILINEAR))}
    if kind == "grey":
        return {"pixels": text_of(image.convert("L"))}
    raise ValueError(kind)


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
