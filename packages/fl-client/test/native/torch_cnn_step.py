"""One step of training of the CNN of McMahan et al. at a time, on one thread: for each line of its input, takes a step of a
batch of 64 and prints the milliseconds that it took."""

import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
model = nn.Sequential(
    nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10),
)  # fmt: skip
assert sum(parameter.numel() for parameter in model.parameters()) == 1_663_370
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
images = torch.randn(64, 1, 28, 28)
labels = torch.randint(10, (64,))

for _ in sys.stdin:
    begin = time.perf_counter()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    loss.item()
    print((time.perf_counter() - begin) * 1000, flush=True)
