"""Flower's strategies on cases from stdin: one JSON object a line in, one out.

Case: {strategy, kwargs, initial: [tensor], rounds: [[{numExamples, tensors, metrics}]], loss?}
Answer: {models: [[[number]]], dtypes: [...], clippingNorm?} or {error}.
"""

import json
import logging
import sys

import numpy as np
from flwr.common import Code, FitRes, Status, ndarrays_to_parameters, parameters_to_ndarrays
from flwr.server import strategy as strategies

logging.disable(logging.CRITICAL)


class Client:
    def __init__(self, cid):
        self.cid = cid


def arrays_of(tensors):
    return [np.array(t["data"], dtype=t["dtype"]).reshape(t["shape"]) for t in tensors]


def run(case):
    initial = arrays_of(case["initial"])
    kwargs = dict(case["kwargs"])
    if case.get("takesInitial", True):
        kwargs["initial_parameters"] = ndarrays_to_parameters(initial)
    if "loss" in case:
        kwargs["evaluate_fn"] = lambda server_round, arrays, config: (case["loss"], {})
    strategy = getattr(strategies, case["strategy"])(**kwargs)
    if "wrapper" in case:
        strategy = getattr(strategies, case["wrapper"])(strategy, **case["wrapperKwargs"])
    models = []
    current = initial
    for index, replies in enumerate(case["rounds"]):
        # What configure_fit remembers.
        strategy.pre_weights = current
        strategy.current_round_params = current
        results = [
            (
                Client(str(i)),
                FitRes(
                    Status(Code.OK, ""),
                    ndarrays_to_parameters(arrays_of(reply["tensors"])),
                    reply["numExamples"],
                    reply.get("metrics", {}),
                ),
            )
            for i, reply in enumerate(replies)
        ]
        parameters, _ = strategy.aggregate_fit(index + 1, results, [])
        current = parameters_to_ndarrays(parameters)
        models.append([np.asarray(array, dtype=np.float64).ravel().tolist() for array in current])
    answer = {"models": models, "dtypes": [str(array.dtype) for array in current]}
    if hasattr(strategy, "clipping_norm"):
        answer["clippingNorm"] = strategy.clipping_norm
    return answer


for line in sys.stdin:
    try:
        print(json.dumps(run(json.loads(line))))
    except Exception as error:  # what Flower refuses is an answer, too
        print(json.dumps({"error": repr(error)}))
