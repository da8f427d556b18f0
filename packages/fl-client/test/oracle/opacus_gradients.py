"""Per-sample gradients by Opacus, float64: norms of all samples, and the sum of what is clipped.

Its models are those of gradients.py. Reads the cases that opacus-gradients.ts wrote into a folder, and writes its answers beside
them. With `bench`: what a step with privacy takes beside one without, by Opacus, as JSON.

    opacus_gradients.py FOLDER
    opacus_gradients.py bench FOLDER
"""

import json
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from opacus import GradSampleModule
from opacus.optimizers import DPOptimizer

warnings.filterwarnings("ignore")


def models():
    """gradients.py answers all cases of a folder when it is run; here are none."""
    with tempfile.TemporaryDirectory() as empty:
        (Path(empty) / "cases.json").write_text("[]")
        arguments, sys.argv = sys.argv, ["gradients.py", empty]
        sys.path.insert(0, str(Path(__file__).parent))
        import gradients

        sys.argv = arguments
    return gradients


def build(gradients, case, arrays, dtype):
    model = gradients.MODELS[case["model"]](gradients.Builder(case), case)
    if arrays is not None:
        state = {name[6:]: torch.from_numpy(value) for name, value in arrays.items() if name.startswith("state/")}
        model.load_state_dict(state, strict=True)
    return model.to(dtype).train()


def answer(gradients, case, arrays):
    model = GradSampleModule(build(gradients, case, arrays, torch.float64), loss_reduction="sum")
    images = torch.from_numpy(arrays["images"]).to(torch.float64)
    labels = torch.from_numpy(arrays["labels"])
    optimizer = DPOptimizer(
        torch.optim.SGD(model.parameters(), lr=1.0),
        noise_multiplier=0.0,
        max_grad_norm=case["maxGradNorm"],
        expected_batch_size=1,
        loss_reduction="sum",
    )
    with gradients.told_kinks(arrays) as kinks:
        loss = F.cross_entropy(model(images), labels, reduction="sum")
    loss.backward()
    squares = sum(p.grad_sample.flatten(1).square().sum(1) for p in model.parameters())
    optimizer.clip_and_accumulate()
    result = {"norms": squares.sqrt().numpy()}
    result["kinks"] = np.array([kinks.flipped, kinks.farthest, kinks.nearest])
    for name, parameter in model._module.named_parameters():
        result[f"sum/{name}"] = parameter.summed_grad.numpy()
    return result


def bench(gradients, case, rounds):
    """Milliseconds of both steps, one after the other in turn."""
    shape = case["inputShape"]
    images = torch.randn(case["batch"], shape[2], shape[0], shape[1])
    labels = torch.arange(case["batch"]) % case["numClasses"]
    plain = build(gradients, case, None, torch.float32)
    private = GradSampleModule(build(gradients, case, None, torch.float32))
    plain_optimizer = torch.optim.SGD(plain.parameters(), lr=1e-3)
    private_optimizer = DPOptimizer(
        torch.optim.SGD(private.parameters(), lr=1e-3),
        noise_multiplier=1.0,
        max_grad_norm=1.0,
        expected_batch_size=case["batch"],
        secure_mode=True,
    )

    def step(model, optimizer):
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()

    times = {"plain": [], "private": []}
    for i in range(rounds + 2):
        for name, model, optimizer in [
            ("plain", plain, plain_optimizer),
            ("private", private, private_optimizer),
        ]:
            start = time.process_time()
            step(model, optimizer)
            if i >= 2:
                times[name].append(1000 * (time.process_time() - start))
    return times


def main():
    torch.set_num_threads(1)
    is_bench = sys.argv[1] == "bench"
    folder = Path(sys.argv[2 if is_bench else 1])
    gradients = models()
    cases = json.loads((folder / "cases.json").read_text())
    if is_bench:
        print(json.dumps([bench(gradients, case, case["rounds"]) for case in cases]))
        return
    for case in cases:
        with np.load(folder / f"{case['id']}.npz") as file:
            arrays = dict(file)
        np.savez(folder / f"{case['id']}.opacus.npz", **answer(gradients, case, arrays))


if __name__ == "__main__":
    main()
