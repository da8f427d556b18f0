"""A client in Python, with Flower and numpy, of a server of D-SAIL.

    python client.py SITE [ADDRESS]

Each site has patients of its own, which it makes up here, and fits a logistic regression to them.
"""

import sys

import flwr as fl
import numpy as np

RULE = np.array([2.0, -1.5, 1.0, 0.5])
EPOCHS, LEARNING_RATE = 20, 0.5


def make_patients(seed, count, center=0.0):
    """Measurements, and whether the patient is ill."""
    random = np.random.default_rng(seed)
    features = random.normal(center, 1.0, (count, len(RULE)))
    labels = random.random(count) < 1 / (1 + np.exp(-3 * features @ RULE))
    return features, labels.astype(np.float64)


def probabilities(weights, bias, features):
    return 1 / (1 + np.exp(-(features @ weights + bias[0])))


def accuracy(weights, bias, features, labels):
    return float(np.mean((probabilities(weights, bias, features) > 0.5) == (labels == 1)))


class LogisticRegression(fl.client.NumPyClient):
    """What Flower asks for: lists of arrays in, lists of arrays out."""

    def __init__(self, site):
        # Hospitals differ: the patients of each lie around another mean.
        self.train = make_patients(10 + site, 200 + 100 * site, center=0.5 * site)
        self.valid = make_patients(20 + site, 100, center=0.5 * site)

    def get_parameters(self, config):
        return [np.zeros(len(RULE)), np.zeros(1)]

    def fit(self, parameters, config):
        weights, bias = (array.copy() for array in parameters)
        features, labels = self.train
        for _ in range(int(config.get("epochs", EPOCHS))):
            error = probabilities(weights, bias, features) - labels
            weights -= LEARNING_RATE * features.T @ error / len(labels)
            bias -= LEARNING_RATE * error.mean()
        return [weights, bias], len(labels), {}

    def evaluate(self, parameters, config):
        features, labels = self.valid
        chance = np.clip(probabilities(*parameters, features), 1e-12, 1 - 1e-12)
        loss = -np.mean(labels * np.log(chance) + (1 - labels) * np.log(1 - chance))
        return float(loss), len(labels), {"accuracy": accuracy(*parameters, features, labels)}


if __name__ == "__main__":
    site = int(sys.argv[1])
    address = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:8080"
    # On a network: root_certificates=open("ca.pem", "rb").read() in the place of insecure=True.
    client = LogisticRegression(site).to_client()
    fl.client.start_client(server_address=address, client=client, insecure=True)
