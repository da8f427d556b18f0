"""Milliseconds of processor time of a training step (forward, backward, SGD, loss read) of the networks of networks.ts in PyTorch.

Arguments: name of the network, threads. Reads a number of steps a line, and answers the list of times.
"""

import json
import sys
import time

import torch
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[2]))


def norm(channels):
    return nn.GroupNorm(min(32, channels), channels)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = norm(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = norm(outputs)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm(outputs))

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return torch.relu(y + (x if self.shortcut is None else self.shortcut(x)))


def residual(stem, channels, blocks):
    layers = list(stem)
    for outputs, stride in blocks:
        layers.append(Block(channels, outputs, stride))
        channels = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


NETWORKS = {
    "lenet5": lambda: (
        nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        ), (64, 1, 28, 28)),
    "cnn": lambda: (
        nn.Sequential(
            nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(),
            nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10),
        ), (64, 1, 28, 28)),
    "resnet8-gn": lambda: (
        residual([nn.Conv2d(3, 16, 3, padding=1, bias=False), norm(16), nn.ReLU()], 16, [(16, 1), (32, 2), (64, 2)]),
        (32, 3, 64, 64)),
    "resnet18-gn": lambda: (
        residual(
            [nn.Conv2d(3, 64, 7, 2, 3, bias=False), norm(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64,
            [(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)]),
        (16, 3, 64, 64)),
}

model, shape = NETWORKS[sys.argv[1]]()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.rand(shape)
labels = torch.arange(shape[0]) % 10


def step():
    start = time.process_time()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), labels)
    loss.backward()
    optimizer.step()
    loss.item()
    return (time.process_time() - start) * 1000


print(sum(p.numel() for p in model.parameters()), flush=True)
for line in sys.stdin:
    print(json.dumps([step() for _ in range(int(line))]), flush=True)
