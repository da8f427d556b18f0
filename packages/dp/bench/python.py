"""The work of bench.ts in Python: prints {task: {seconds, result}}."""

import json
import secrets
import sys
import time

import dp_accounting
import numpy as np
from dp_accounting.pld import PLDAccountant

rounds, steps, normals, parameters = (int(float(arg)) for arg in sys.argv[1:])


def best(task):
    seconds = float("inf")
    result = None
    for _ in range(rounds):
        start = time.perf_counter()
        result = task()
        seconds = min(seconds, time.perf_counter() - start)
    return {"seconds": seconds} if result is None else {"seconds": seconds, "result": result}


def epsilon():
    step = dp_accounting.PoissonSampledDpEvent(0.01, dp_accounting.GaussianDpEvent(1.0))
    return PLDAccountant().compose(step, steps).get_epsilon(1e-5)


def fill():
    generator = np.random.default_rng(secrets.randbits(256))
    block = np.zeros(1_000_000)
    for _ in range(normals // len(block)):
        block += generator.standard_normal(len(block))


def clip_and_noise():
    generator = np.random.default_rng(secrets.randbits(256))
    gradient = np.full(parameters, 0.01, dtype=np.float32)
    norm = np.sqrt(np.sum(gradient.astype(np.float64) ** 2))
    gradient *= np.float32(min(1.0, 1.0 / norm))
    gradient += generator.standard_normal(parameters)


print(json.dumps({"epsilon": best(epsilon), "normals": best(fill), "clip and noise": best(clip_and_noise)}))
