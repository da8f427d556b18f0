"""A hospital that trains with PyTorch and Flower, in a federation of D-SAIL: the twin of hospital.ts.

    python hospital.py ARCH FOLDER NUMBER SEED ADDRESS     joins the server at ADDRESS
    python hospital.py ARCH                                prints names and shapes of the network's arrays, as JSON
"""

import json
import sys
from pathlib import Path

import flwr as fl
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE, LEARNING_RATE, MOMENTUM = 32, 0.02, 0.9


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 5, padding=2)
        self.conv2 = nn.Conv2d(32, 64, 5, padding=2)
        self.fc1 = nn.Linear(64 * 7 * 7, 512)
        self.fc2 = nn.Linear(512, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc2(F.relu(self.fc1(x)))


MODELS = {"lenet5": LeNet5, "cnn": Cnn}


def read_digits(path):
    """Images as PyTorch has them: the channel, of which there is one, before rows and columns."""
    with np.load(path) as arrays:
        images = torch.from_numpy(arrays["images"]).reshape(-1, 1, 28, 28)
        return images, torch.from_numpy(arrays["labels"]).long()


class Hospital(fl.client.NumPyClient):
    def __init__(self, model, train, valid, seed):
        self.model, self.train, self.valid = model, train, valid
        self.random = torch.Generator().manual_seed(seed)

    def get_parameters(self, config):
        return [array.numpy() for array in self.model.state_dict().values()]

    def set_parameters(self, parameters):
        # By position: the wire has no names.
        names = self.model.state_dict().keys()
        arrays = (torch.from_numpy(array.copy()) for array in parameters)
        self.model.load_state_dict(dict(zip(names, arrays, strict=True)))

    def fit(self, parameters, config):
        self.set_parameters(parameters)
        optimizer = torch.optim.SGD(self.model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
        images, labels = self.train
        self.model.train()
        for batch in torch.randperm(len(labels), generator=self.random).split(BATCH_SIZE):
            optimizer.zero_grad()
            F.cross_entropy(self.model(images[batch]), labels[batch]).backward()
            optimizer.step()
        return self.get_parameters({}), len(labels), {}

    def evaluate(self, parameters, config):
        self.set_parameters(parameters)
        images, labels = self.valid
        self.model.eval()
        with torch.no_grad():
            scores = self.model(images)
        accuracy = (scores.argmax(1) == labels).double().mean().item()
        return F.cross_entropy(scores, labels).item(), len(labels), {"accuracy": accuracy}


if __name__ == "__main__":
    model = MODELS[sys.argv[1]]()
    if len(sys.argv) == 2:
        state = model.state_dict().items()
        print(json.dumps([[name, list(array.shape)] for name, array in state]))
    else:
        folder, number, seed, address = Path(sys.argv[2]), *sys.argv[3:]
        torch.set_num_threads(1)
        train = read_digits(folder / f"hospital-{number}.npz")
        client = Hospital(model, train, read_digits(folder / "unseen.npz"), seed=int(seed))
        fl.client.start_client(
            server_address=address,
            client=client.to_client(),
            root_certificates=(folder / "ca/ca.crt").read_bytes(),
        )
