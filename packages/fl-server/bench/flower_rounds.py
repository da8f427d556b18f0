"""Rounds per second of Flower's start_server: CLIENTS SECONDS. Prints its address, and then {perSecond, cpuSeconds}."""

import json
import logging
import os
import socket
import sys
import time
import warnings

import flwr
import numpy as np

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
clients, seconds = int(sys.argv[1]), float(sys.argv[2])


class Timed(flwr.server.strategy.FedAvg):
    begun = None
    cpu = 0.0

    def configure_fit(self, server_round, parameters, client_manager):
        # Flower waits for clients here.
        plans = super().configure_fit(server_round, parameters, client_manager)
        now = time.perf_counter()
        if self.begun is None:
            self.begun, self.cpu = now, time.process_time()
        if now - self.begun > seconds:
            rounds = server_round - 1
            cpu = (time.process_time() - self.cpu) / rounds
            print(json.dumps({"perSecond": rounds / (now - self.begun), "cpuSeconds": cpu}), flush=True)
            os._exit(0)
        return plans


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{free.getsockname()[1]}"
print(address, flush=True)
model = flwr.common.ndarrays_to_parameters([np.zeros(250, np.float32)])
minima = dict(min_fit_clients=clients, min_evaluate_clients=clients, min_available_clients=clients)
strategy = Timed(initial_parameters=model, **minima)
config = flwr.server.ServerConfig(num_rounds=1_000_000)
flwr.server.start_server(server_address=address, config=config, strategy=strategy)
