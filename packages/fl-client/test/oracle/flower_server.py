"""Flower's own server, and one client of Python, for under-flower-server.ts.

    flower_server.py server ADDRESS RESULT.npz RESULT.json [adaptive]
    flower_server.py client ADDRESS
"""

import json
import sys

import numpy as np
from flwr.client import NumPyClient, start_client
from flwr.common import parameters_to_ndarrays
from flwr.server import ServerConfig, start_server
from flwr.server.strategy import (
    DifferentialPrivacyClientSideAdaptiveClipping,
    FedAvg,
)

ROUNDS = 3


class Recording(FedAvg):
    """FedAvg that keeps what it made, and what failed."""

    def __init__(self, **options):
        super().__init__(**options)
        self.failures = []
        self.last = None

    def aggregate_fit(self, server_round, results, failures):
        self.failures.append([describe(failure) for failure in failures])
        parameters, metrics = super().aggregate_fit(server_round, results, failures)
        self.last = parameters
        return parameters, metrics


def describe(failure):
    if isinstance(failure, BaseException):
        return type(failure).__name__
    _, result = failure
    return f"{result.status.code.name}: {result.status.message}"


def weighted(results):
    total = sum(count for count, _ in results)
    sites = sorted(metrics["site"] for _, metrics in results)
    return {
        "accuracy": sum(count * metrics["accuracy"] for count, metrics in results) / total,
        "sites": ",".join(str(site) for site in sites),
    }


def serve(address, npz, report, adaptive):
    strategy = Recording(
        min_fit_clients=3,
        min_evaluate_clients=3,
        min_available_clients=3,
        on_fit_config_fn=lambda server_round: {
            "round": server_round,
            "lr": 0.5,
            "text": "Ärztin",
            "flag": True,
            "bytes": b"\x00\xff",
            "big": 2**63 + 5,
        },
        evaluate_metrics_aggregation_fn=weighted,
    )
    norms = []
    used = strategy
    if adaptive:
        used = DifferentialPrivacyClientSideAdaptiveClipping(
            strategy, noise_multiplier=0.0, num_sampled_clients=3, initial_clipping_norm=0.25
        )
        configure = used.configure_fit

        def noting(server_round, parameters, client_manager):
            norms.append(used.clipping_norm)
            return configure(server_round, parameters, client_manager)

        used.configure_fit = noting
    history = start_server(
        server_address=address,
        config=ServerConfig(num_rounds=ROUNDS),
        strategy=used,
    )
    np.savez(npz, *parameters_to_ndarrays(strategy.last))
    with open(report, "w", encoding="utf-8") as file:
        json.dump(
            {
                "failures": strategy.failures,
                "losses": history.losses_distributed,
                "metrics": history.metrics_distributed,
                "norms": norms,
            },
            file,
        )


class Site(NumPyClient):
    """As site 1 of under-flower-server.ts."""

    def get_parameters(self, config):
        return [np.zeros((2, 3), np.float32), np.zeros((), np.float64)]

    def fit(self, parameters, config):
        return [(array * 0.5 + 2).astype(array.dtype) for array in parameters], 1, {}

    def evaluate(self, parameters, config):
        return float(parameters[0][0, 0]), 1, {"accuracy": 0.25, "site": 1}


if __name__ == "__main__":
    if sys.argv[1] == "server":
        serve(sys.argv[2], sys.argv[3], sys.argv[4], "adaptive" in sys.argv[5:])
    else:
        start_client(server_address=sys.argv[2], client=Site().to_client(), insecure=True)
