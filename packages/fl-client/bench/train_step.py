"""Milliseconds of a training step (forward, backward, SGD, loss read) of our models in PyTorch, one thread.

Arguments: a case as JSON (those of ../test/oracle/gradients.py, and "batch"). Reads a line for each step, and answers its time on
the clock and its processor time.
"""

import json
import os
import sys
import time

import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../test/oracle"))
import gradients  # noqa: E402

# Looks for kinks cost time, and are not asked for here.
gradients.Kinks.seen = lambda x, *_: x

torch.manual_seed(1)
torch.set_num_threads(1)
case = json.loads(sys.argv[1])
model = gradients.MODELS[case["model"]](gradients.Builder(case), case).train()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
height, width, channels = case["inputShape"]
x = torch.randn(case["batch"], channels, height, width)
labels = torch.arange(case["batch"]) % case["numClasses"]

print(json.dumps([name for name, _ in model.named_parameters()]), flush=True)
for line in sys.stdin:
    clock, processor = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(x), labels)
    loss.backward()
    optimizer.step()
    loss.item()
    print(json.dumps([(time.perf_counter() - clock) * 1e3, (time.process_time() - processor) * 1e3]), flush=True)
