"""A server of the installed Flower (0.16, or 1.x): FedAvg over two clients. Prints what came of each round, a line of JSON
each.

    server.py ADDRESS ROUNDS [FOLDER of ca.pem, cert.pem, key.pem]
"""

import hashlib
import json
import sys
from io import BytesIO
from pathlib import Path

import flwr
import numpy as np

IS_OLD = not hasattr(flwr.server, "ServerConfig")
CONFIG = {
    "größe-漢字-🫁": "Größe 漢字 🫁",
    "flag": True,
    # 0.16 ends at int64.
    "largest": 2**63 - 1 if IS_OLD else 2**64 - 1,
    "least": -(2**63),
    "rate": 0.5,
    "whole": 3.0,
    "raw": b"\x00\xff",
}


def say(**what):
    print(json.dumps(what), flush=True)


def typed(scalars):
    return {key: (type(value), value) for key, value in scalars.items()}


class Reporting(flwr.server.strategy.FedAvg):
    def aggregate_fit(self, server_round, results, failures):
        parameters, metrics = super().aggregate_fit(server_round, results, failures)
        tensors = [] if parameters is None else parameters.tensors
        arrays = [np.load(BytesIO(tensor), allow_pickle=False) for tensor in tensors]
        say(
            round=server_round,
            failures=len(failures),
            metrics_are_the_config=[typed(r.metrics) == typed(CONFIG) for _, r in results],
            sha256=[hashlib.sha256(array.tobytes()).hexdigest() for array in arrays],
            shapes=[array.shape for array in arrays],
            dtypes=[str(array.dtype) for array in arrays],
        )
        return parameters, metrics

    def aggregate_evaluate(self, server_round, results, failures):
        loss, metrics = super().aggregate_evaluate(server_round, results, failures)
        # 0.16 asks all once more, at the end, as round -1.
        if server_round > 0:
            say(round=server_round, loss=loss)
        return loss, metrics


address, rounds, *folder = sys.argv[1:]
least = {"min_fit_clients": 2, "min_available_clients": 2}
least["min_eval_clients" if IS_OLD else "min_evaluate_clients"] = 2
strategy = Reporting(**least, on_fit_config_fn=lambda _: CONFIG)
if IS_OLD:
    flwr.server.start_server(address, config={"num_rounds": int(rounds)}, strategy=strategy)
else:
    files = [Path(folder[0]) / name for name in ["ca.pem", "cert.pem", "key.pem"]] if folder else []
    flwr.server.start_server(
        server_address=address,
        config=flwr.server.ServerConfig(num_rounds=int(rounds)),
        strategy=strategy,
        certificates=tuple(file.read_bytes() for file in files) or None,
    )
