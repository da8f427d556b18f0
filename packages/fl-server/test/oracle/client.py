"""A client of Flower that adds its step: ADDRESS STEP EXAMPLES."""

import logging
import sys
import warnings

import flwr
import numpy as np

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
address, step, examples = sys.argv[1], np.float32(sys.argv[2]), int(sys.argv[3])


class Client(flwr.client.NumPyClient):
    def get_parameters(self, config):
        return [np.zeros((3, 4), np.float32), np.array(5, np.int64)]

    def fit(self, parameters, config):
        return [parameters[0] + step, parameters[1] + examples], examples, {}

    def evaluate(self, parameters, config):
        return float(np.abs(parameters[0]).sum()), examples, {"step": float(step)}


flwr.client.start_client(server_address=address, client=Client().to_client(), insecure=True)
