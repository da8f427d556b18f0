"""The models of fl-client in PyTorch, float64: loss, gradients, running statistics, outputs, and a curve of losses.

Written after torchvision's modules and their names (which isn't needed here); reads the cases that
gradients-against-torch.ts wrote into a folder, and writes its answers beside them.

    gradients.py FOLDER
"""

import json
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Kinks:
    """Which side of its kinks each number takes: our own, where it is told (float32 arrays of recorded-kinks.ts).

    Counts those that PyTorch would have on the other side, and says how far from the kink the farthest of them is, and how near
    the nearest of all is, over the standard deviation there.
    """

    def __init__(self, arrays):
        count = sum(name.startswith("kink/") for name in arrays)
        self.told = [torch.from_numpy(arrays[f"kink/{i}"]) for i in range(count)]
        self.taken = self.flipped = 0
        self.farthest, self.nearest = 0.0, float("inf")

    def next(self, x):
        if self.taken == len(self.told):
            raise SystemExit(f"{self.taken} ReLUs and pools there, more here")
        told = self.told[self.taken]
        self.taken += 1
        # Contiguous, or what comes of it isn't either, and of such Opacus 1.6 computes wrong gradients of convolutions.
        told = told.permute(0, 3, 1, 2).contiguous() if told.dim() == 4 else told
        if told.shape != x.shape:
            raise SystemExit(f"ReLU or pool {self.taken}: {list(told.shape)} there, {list(x.shape)} here")
        return told

    def note(self, flipped, gap):
        self.flipped += int(flipped.sum())
        if flipped.any():
            self.farthest = max(self.farthest, gap[flipped].max().item())

    def relu(self, x, ceiling):
        told = self.next(x)
        side = (told > 0).int() + (told >= ceiling).int()
        with torch.no_grad():
            own = (x > 0).int() + (x >= ceiling).int()
            gap = torch.minimum(x.abs(), (x - ceiling).abs()) / x.std()
            self.note(side != own, gap)
            if (abs(side - own) > 1).any():
                self.farthest = float("inf")
            self.nearest = min(self.nearest, gap.min().item())
        above = 0.0 if ceiling == float("inf") else ceiling * (side == 2)
        return torch.where(side == 1, x, above)

    def pool(self, x, size):
        told = self.next(x)
        _, chosen = F.max_pool2d(told, *size, return_indices=True)
        y = x.flatten(2).gather(2, chosen.flatten(2)).view(chosen.shape)
        with torch.no_grad():
            gap = (F.max_pool2d(x, *size) - y) / x.std()
            self.note(gap > 0, gap)
        return y


def relu(x, ceiling=float("inf")):
    if relu.kinks is not None:
        return relu.kinks.relu(x, ceiling)
    return F.relu(x) if ceiling == float("inf") else F.relu6(x)


def max_pool2d(x, *size):
    return F.max_pool2d(x, *size) if relu.kinks is None else relu.kinks.pool(x, size)


relu.kinks = None


@contextmanager
def told_kinks(arrays):
    """Takes the sides that are told, while it lasts."""
    relu.kinks = kinks = Kinks(arrays)
    try:
        yield kinks
    finally:
        relu.kinks = None
    if kinks.taken != len(kinks.told):
        raise SystemExit(f"{len(kinks.told)} ReLUs and pools there, {kinks.taken} here")


class ReLU(nn.Module):
    def forward(self, x):
        return relu(x)


class ReLU6(nn.Module):
    def forward(self, x):
        return relu(x, 6.0)


class MaxPool2d(nn.Module):
    def forward(self, x):
        return max_pool2d(x, 3, 2, 1)


class KeepAll(nn.Module):
    """Dropout that happens to drop nothing: what is left is the scale."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return x / (1 - self.p) if self.training else x


class WronglyPadded(nn.Conv2d):
    """TensorFlow's "same": with a stride, the odd row of zeros is at the bottom. The positive control."""

    def forward(self, x):
        before, after = (self.padding[0] - 1, self.padding[0]) if self.stride[0] > 1 else self.padding
        return F.conv2d(F.pad(x, (before, after, before, after)), self.weight, self.bias, self.stride)


class ConcatPool(nn.Module):
    def forward(self, x):
        return torch.cat([max_pool2d(x, tuple(x.shape[2:])), F.adaptive_avg_pool2d(x, 1)], 1)


def groups_of(channels):
    groups = min(32, channels)
    while channels % groups:
        groups -= 1
    return groups


class Builder:
    """Makes layers as a case asks for them."""

    def __init__(self, case):
        self.is_group = case["normalization"] == "group"
        self.is_wrong = case.get("wrongPadding", False)

    def conv(self, inputs, outputs, kernel, stride=1, padding=0, bias=False, groups=1):
        is_wrong = self.is_wrong and padding == 1 and groups == 1
        layer = WronglyPadded if is_wrong else nn.Conv2d
        return layer(inputs, outputs, kernel, stride, padding, bias=bias, groups=groups)

    def norm(self, channels):
        if self.is_group:
            return nn.GroupNorm(groups_of(channels), channels)
        return nn.BatchNorm2d(channels)

    def norm1d(self, features):
        return self.norm(features) if self.is_group else nn.BatchNorm1d(features)

    def head(self, channels, classes):
        return nn.Sequential(
            ConcatPool(), nn.Flatten(), self.norm1d(2 * channels), KeepAll(0.25),
            nn.Linear(2 * channels, 512, bias=False), ReLU(), self.norm1d(512), KeepAll(0.5),
            nn.Linear(512, classes, bias=False))


class LeNet5(nn.Module):
    def __init__(self, make, case):
        super().__init__()
        height, _, channels = case["inputShape"]
        padding = 2 if height < 32 else 0
        side = (((height + 2 * padding - 4) // 2) - 4) // 2
        self.conv1 = make.conv(channels, 6, 5, padding=padding, bias=True)
        self.conv2 = make.conv(6, 16, 5, bias=True)
        self.fc1 = nn.Linear(16 * side * side, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, case["numClasses"])

    def forward(self, x):
        x = max_pool2d(relu(self.conv1(x)), 2)
        x = max_pool2d(relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(relu(self.fc2(relu(self.fc1(x)))))


class Cnn(nn.Module):
    def __init__(self, make, case):
        super().__init__()
        height, width, channels = case["inputShape"]
        self.conv1 = make.conv(channels, 32, 5, padding=2, bias=True)
        self.conv2 = make.conv(32, 64, 5, padding=2, bias=True)
        self.fc1 = nn.Linear(64 * (height // 4) * (width // 4), 512)
        self.fc2 = nn.Linear(512, case["numClasses"])

    def forward(self, x):
        x = max_pool2d(relu(self.conv1(x)), 2)
        x = max_pool2d(relu(self.conv2(x)), 2).flatten(1)
        return self.fc2(relu(self.fc1(x)))


class BasicBlock(nn.Module):
    def __init__(self, make, inputs, outputs, stride):
        super().__init__()
        self.conv1 = make.conv(inputs, outputs, 3, stride, 1)
        self.bn1 = make.norm(outputs)
        self.conv2 = make.conv(outputs, outputs, 3, 1, 1)
        self.bn2 = make.norm(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(make.conv(inputs, outputs, 1, stride), make.norm(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        return relu(y + shortcut)


class ResNet(nn.Module):
    def __init__(self, make, case, blocks, channels, has_large_stem):
        super().__init__()
        inputs = case["inputShape"][2]
        kernel, stride = (7, 2) if has_large_stem else (3, 1)
        self.conv1 = make.conv(inputs, channels, kernel, stride, kernel // 2)
        self.bn1 = make.norm(channels)
        self.has_large_stem = has_large_stem
        self.stages = []
        for i, count in enumerate(blocks):
            width = channels << i
            before = width if i == 0 else width // 2
            first = BasicBlock(make, before, width, 1 if i == 0 else 2)
            rest = [BasicBlock(make, width, width, 1) for _ in range(count - 1)]
            self.stages.append(f"layer{i + 1}")
            self.add_module(self.stages[-1], nn.Sequential(first, *rest))
        if case["head"] == "fastai":
            self.head = make.head(width, case["numClasses"])
        else:
            self.fc = nn.Linear(width, case["numClasses"])

    def forward(self, x):
        x = relu(self.bn1(self.conv1(x)))
        if self.has_large_stem:
            x = max_pool2d(x, 3, 2, 1)
        for stage in self.stages:
            x = getattr(self, stage)(x)
        return self.head(x) if hasattr(self, "head") else self.fc(x.mean((2, 3)))


class DenseLayer(nn.Module):
    def __init__(self, make, inputs, growth):
        super().__init__()
        self.norm1 = make.norm(inputs)
        self.conv1 = make.conv(inputs, 4 * growth, 1)
        self.norm2 = make.norm(4 * growth)
        self.conv2 = make.conv(4 * growth, growth, 3, padding=1)

    def forward(self, x):
        y = self.conv1(relu(self.norm1(x)))
        return torch.cat([x, self.conv2(relu(self.norm2(y)))], 1)


class Transition(nn.Sequential):
    def __init__(self, make, inputs):
        super().__init__()
        self.add_module("norm", make.norm(inputs))
        self.add_module("relu", ReLU())
        self.add_module("conv", make.conv(inputs, inputs // 2, 1))
        self.add_module("pool", nn.AvgPool2d(2))


class DenseNet(nn.Module):
    def __init__(self, make, case, blocks, growth, channels):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("conv0", make.conv(case["inputShape"][2], channels, 7, 2, 3))
        self.features.add_module("norm0", make.norm(channels))
        self.features.add_module("relu0", ReLU())
        self.features.add_module("pool0", MaxPool2d())
        for i, count in enumerate(blocks):
            block = nn.Sequential()
            for j in range(count):
                block.add_module(f"denselayer{j + 1}", DenseLayer(make, channels, growth))
                channels += growth
            self.features.add_module(f"denseblock{i + 1}", block)
            if i + 1 < len(blocks):
                self.features.add_module(f"transition{i + 1}", Transition(make, channels))
                channels //= 2
        self.features.add_module(f"norm{len(blocks) + 1}", make.norm(channels))
        if case["head"] == "fastai":
            self.head = make.head(channels, case["numClasses"])
        else:
            self.classifier = nn.Linear(channels, case["numClasses"])

    def forward(self, x):
        x = self.features(x)
        return self.head(x) if hasattr(self, "head") else self.classifier(relu(x).mean((2, 3)))


class InvertedResidual(nn.Module):
    def __init__(self, make, inputs, outputs, stride, expansion):
        super().__init__()
        inner = inputs * expansion
        depthwise = make.conv(inner, inner, 3, stride, 1, groups=inner)
        layers = [nn.Sequential(depthwise, make.norm(inner), ReLU6())]
        if expansion != 1:
            expand = nn.Sequential(make.conv(inputs, inner, 1), make.norm(inner), ReLU6())
            layers.insert(0, expand)
        self.conv = nn.Sequential(*layers, make.conv(inner, outputs, 1), make.norm(outputs))
        self.is_residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.is_residual else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self, make, case):
        super().__init__()

        def scaled(channels):
            wanted = channels * case["width"]
            nearest = max(8, int(wanted + 4) // 8 * 8)
            return nearest + 8 if nearest < 0.9 * wanted else nearest

        inputs = scaled(32)
        first = make.conv(case["inputShape"][2], inputs, 3, 2, 1)
        layers = [nn.Sequential(first, make.norm(inputs), ReLU6())]
        table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                 (6, 160, 3, 2), (6, 320, 1, 1)]
        for expansion, channels, count, stride in table:
            for i in range(count):
                block = InvertedResidual(make, inputs, scaled(channels), stride if i == 0 else 1, expansion)
                layers.append(block)
                inputs = scaled(channels)
        last = max(1280, scaled(1280))
        layers.append(nn.Sequential(make.conv(inputs, last, 1), make.norm(last), ReLU6()))
        self.features = nn.Sequential(*layers)
        if case["head"] == "fastai":
            self.head = make.head(last, case["numClasses"])
        else:
            self.classifier = nn.Sequential(KeepAll(0.2), nn.Linear(last, case["numClasses"]))

    def forward(self, x):
        x = self.features(x)
        return self.head(x) if hasattr(self, "head") else self.classifier(x.mean((2, 3)))


MODELS = {
    "lenet5": LeNet5,
    "cnn": Cnn,
    "resnet8": lambda make, case: ResNet(make, case, (1, 1, 1), 16, False),
    "resnet20": lambda make, case: ResNet(make, case, (3, 3, 3), 16, False),
    "resnet18": lambda make, case: ResNet(make, case, (2, 2, 2, 2), 64, True),
    "resnet34": lambda make, case: ResNet(make, case, (3, 4, 6, 3), 64, True),
    "densenet_small": lambda make, case: DenseNet(make, case, (4, 4, 4, 4), 16, 32),
    "densenet121": lambda make, case: DenseNet(make, case, (6, 12, 24, 16), 32, 64),
    "mobilenet_v2": MobileNetV2,
}


def answer(case, arrays, dtype):
    model = MODELS[case["model"]](Builder(case), case)
    state = {name[6:]: torch.from_numpy(value) for name, value in arrays.items() if name.startswith("state/")}
    own = list(model.state_dict())
    if own != list(state):
        raise SystemExit(f"{case['id']}: other names, or another order: {set(own) ^ set(state)}")
    model.load_state_dict(state, strict=True)
    model.to(dtype)
    images = torch.from_numpy(arrays["images"]).to(dtype)
    labels = torch.from_numpy(arrays["labels"])
    model.eval()
    with torch.no_grad():
        result = {"eval": model(images).numpy()}
    model.train()
    with told_kinks(arrays) as kinks:
        loss = F.cross_entropy(model(images), labels)
    loss.backward()
    result["loss"] = loss.detach().numpy()
    result["kinks"] = np.array([kinks.flipped, kinks.farthest, kinks.nearest])
    for name, parameter in model.named_parameters():
        result[f"gradient/{name}"] = parameter.grad.numpy()
    for name, buffer in model.named_buffers():
        result[f"buffer/{name}"] = buffer.numpy().copy()
    if "curve" in case:
        result["curve"] = curve(model, state, case["curve"], arrays, dtype)
    return result


def curve(model, state, settings, arrays, dtype):
    model.load_state_dict(state)
    model.to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=settings["learningRate"])
    losses = []
    for step in range(settings["steps"]):
        images = torch.from_numpy(arrays["curve/images"][step]).to(dtype)
        labels = torch.from_numpy(arrays["curve/labels"][step])
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


def main():
    folder = Path(sys.argv[1])
    torch.set_num_threads(1)
    for case in json.loads((folder / "cases.json").read_text()):
        with np.load(folder / f"{case['id']}.npz") as file:
            arrays = dict(file)
        result = answer(case, arrays, torch.float64)
        np.savez(folder / f"{case['id']}.torch.npz", **result)


if __name__ == "__main__":
    main()
