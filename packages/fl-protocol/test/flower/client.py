"""A client of the installed Flower (0.16, or 1.x) that answers in the way it is told to.

    client.py ADDRESS BEHAVIOUR [ROOTS.pem]
"""

import os
import signal
import sys

import flwr
import numpy as np

ODD = [
    np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
    np.array(7, dtype=np.int64),
    np.zeros((0,), dtype=np.float32),
    np.arange(3, dtype=">f8"),
    np.array([1.5, -0.0, np.nan, np.inf], dtype=np.float16),
    np.array([True, False]),
    np.array([2**64 - 1], dtype=np.uint64),
    np.array([1 + 2j], dtype=np.complex64),
]


class Echo(flwr.client.NumPyClient):
    def get_properties(self, config):
        return dict(config)

    def get_parameters(self, config=None):
        return ODD

    def fit(self, parameters, config):
        return parameters, 2**40, dict(config)

    def evaluate(self, parameters, config):
        types = {key: type(value).__name__ for key, value in config.items()}
        return float("nan"), len(parameters), types


class PlusOne(Echo):
    def fit(self, parameters, config):
        return [array + np.ones_like(array) for array in parameters], 1, {}


class Text(Echo):
    def fit(self, parameters, config):
        return [np.array(["abc"])], 1, {}


class Killed(Echo):
    def fit(self, parameters, config):
        os.kill(os.getpid(), signal.SIGKILL)


class Raises(Echo):
    def fit(self, parameters, config):
        raise ValueError("no data")


class Nothing(flwr.client.NumPyClient):
    pass


CLIENTS = {c.__name__: c for c in [Echo, PlusOne, Text, Killed, Raises, Nothing]}

address, behaviour, *roots = sys.argv[1:]
client = CLIENTS[behaviour]()
if not hasattr(client, "to_client"):
    flwr.client.start_numpy_client(address, client=client)
elif roots:
    flwr.client.start_client(
        server_address=address,
        client=client.to_client(),
        root_certificates=open(roots[0], "rb").read(),
    )
else:
    flwr.client.start_client(server_address=address, client=client.to_client(), insecure=True)
