"""The aggregation of aggregate.ts in Flower: prints {seconds, megabytes, first}."""

import json
import resource
import sys
import time

import numpy as np
from flwr.common import Code, FitRes, Status, ndarrays_to_parameters
from flwr.common import serde
from flwr.proto.transport_pb2 import ClientMessage
from flwr.server.strategy.aggregate import aggregate_inplace

clients, elements = int(sys.argv[1]), int(sys.argv[2])
sizes = [int(elements * (2.9 if i % 3 == 0 else 0.05) / 60) for i in range(60)]
sizes[0] += elements - sum(sizes)
model = [np.sin(i + np.arange(size)).astype(np.float32) for i, size in enumerate(sizes)]
parameters = ndarrays_to_parameters(model)



def one_round():
    seconds = 0.0
    results = []
    for client in range(clients):
        reply = FitRes(Status(Code.OK, ""), parameters, 10 + client, {})
        data = ClientMessage(fit_res=serde.fit_res_to_proto(reply)).SerializeToString()
        begun = time.perf_counter()
        results.append((None, serde.fit_res_from_proto(ClientMessage.FromString(data).fit_res)))
        seconds += time.perf_counter() - begun
        del reply, data
    begun = time.perf_counter()
    mean = aggregate_inplace(results)
    return seconds + time.perf_counter() - begun, float(mean[0][1])


rounds = [one_round() for _ in range(max(2, round(60 / clients)))]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": min(r[0] for r in rounds), "megabytes": peak, "first": rounds[0][1]}))
