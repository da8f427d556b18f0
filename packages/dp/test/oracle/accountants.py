"""What other implementations say of random settings, one JSON object a line, each {"section": ..., ...}.

    python accountants.py [SECTION...]

To add a section: a function that yields dicts, and its name in SECTIONS. It is compared in against-python.ts.
Needs opacus 1.6.0, dp-accounting 0.6.0, mpmath 1.3.0.
"""

import json
import math
import random
import sys
import warnings

import mpmath
import numpy as np
from opacus.accountants import RDPAccountant
from opacus.accountants.analysis.gdp import compute_eps_poisson
from opacus.accountants.analysis.rdp import compute_rdp, get_privacy_spent

SEED = 20240601
ORDERS = [float(order) for order in RDPAccountant.DEFAULT_ALPHAS]


def settings(count):
    """Settings of DP-SGD: the same for all sections."""
    rng = random.Random(SEED)
    for _ in range(count):
        yield {
            "sampleRate": 10 ** rng.uniform(-4, math.log10(0.5)),
            "noiseMultiplier": 10 ** rng.uniform(math.log10(0.4), 1),
            "steps": round(10 ** rng.uniform(0, 4.5)),
            "delta": 10 ** rng.uniform(-8, -3),
        }


def opacus_rdp():
    for setting in settings(200):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            rdp = compute_rdp(
                q=setting["sampleRate"],
                noise_multiplier=setting["noiseMultiplier"],
                steps=1,
                orders=ORDERS,
            )
            epsilon, order = get_privacy_spent(
                orders=ORDERS, rdp=rdp * setting["steps"], delta=setting["delta"]
            )
        yield setting | {
            "orders": ORDERS,
            "rdp": [float(each) for each in rdp],
            "epsilon": float(epsilon),
            "order": float(order),
        }


def opacus_gdp():
    for setting in settings(200):
        try:
            epsilon = compute_eps_poisson(
                steps=setting["steps"],
                noise_multiplier=setting["noiseMultiplier"],
                sample_rate=setting["sampleRate"],
                delta=setting["delta"],
            )
        except ValueError:  # Its bracket is 0 to 500.
            continue
        yield setting | {"epsilon": float(epsilon)}


def quadrature():
    """RDP of the sampled Gaussian as the integral that it is, at fractional orders."""
    mpmath.mp.dps = 50
    rng = random.Random(SEED)
    for setting in settings(10):
        order = 1 + 10 ** rng.uniform(-1, 1.3)
        alpha, q, sigma = (
            mpmath.mpf(x) for x in (order, setting["sampleRate"], setting["noiseMultiplier"])
        )

        def integrand(z):
            ratio = 1 - q + q * mpmath.exp((2 * z - 1) / (2 * sigma**2))
            # What is taken away has the mean 0: digits of small moments stay.
            return (ratio**alpha - 1 - alpha * (ratio - 1)) * mpmath.npdf(z, 0, sigma)

        z0 = sigma**2 * mpmath.log(1 / q - 1) + mpmath.mpf("0.5")
        spread = [k * sigma for k in (-40, -8, -2, 0, 2, 8, 40)]
        points = sorted({z0, *spread, *(alpha + each for each in spread)})
        moment = mpmath.quad(integrand, points, maxdegree=9)
        yield setting | {"order": order, "rdp": float(mpmath.log1p(moment) / (alpha - 1))}


def dp_accounting_closed_forms():
    """Laplace, and tree aggregation."""
    from dp_accounting import dp_event
    from dp_accounting.privacy_accountant import NeighboringRelation
    from dp_accounting.rdp import RdpAccountant

    rng = random.Random(SEED)
    for _ in range(100):
        noise = 10 ** rng.uniform(-1, 2)
        trees = [rng.randrange(1, 5000) for _ in range(rng.randrange(1, 5))]
        for kind, event in (
            ("laplace", dp_event.LaplaceDpEvent(noise)),
            ("tree-aggregation", dp_event.SingleEpochTreeAggregationDpEvent(noise, trees)),
        ):
            accountant = RdpAccountant(ORDERS, NeighboringRelation.REPLACE_SPECIAL)
            accountant.compose(event, 3)
            yield {
                "kind": kind,
                "noiseMultiplier": noise,
                "stepsPerTree": trees,
                "count": 3,
                "delta": 1e-5,
                "epsilon": float(accountant.get_epsilon(1e-5)),
            }


def dp_accounting_pld():
    """Epsilon by privacy loss distributions: upper bounds on the default grid and on a finer one, and a lower bound."""
    from dp_accounting import dp_event
    from dp_accounting.pld import PLDAccountant
    from dp_accounting.pld import privacy_loss_distribution as pld
    from dp_accounting.privacy_accountant import NeighboringRelation

    default_interval = 1e-4
    # So many cells of a step take a third of a second; of the default interval there are as many as of this loss.
    most_cells = 10_000
    most_loss = 6

    def mechanism(rng, replace):
        kind = rng.choices(["sampled-gaussian", "gaussian", "laplace", "sampled-laplace"], [6, 2, 2, 1])[0]
        if replace and kind.endswith("laplace"):  # dp_accounting refuses it.
            kind = "sampled-gaussian"
        is_gaussian = kind.endswith("gaussian")
        return {
            "kind": kind,
            "noise": 10 ** rng.uniform(math.log10(0.6), math.log10(6) if is_gaussian else 1.5),
            "rate": 10 ** rng.uniform(-3, -0.5) if kind.startswith("sampled") else 1,
            "count": round(10 ** rng.uniform(0, 4 if kind.startswith("sampled") else 1.5)),
        }

    def our_event(parts):
        events = []
        for each in parts:
            event = {"kind": each["kind"].split("-")[-1], "noiseMultiplier": each["noise"]}
            if each["rate"] < 1:
                event = {"kind": "poisson-sampled", "sampleRate": each["rate"], "event": event}
            events.append({"kind": "repeated", "event": event, "count": each["count"]})
        return {"kind": "composed", "events": events}

    def their_event(parts):
        events = []
        for each in parts:
            is_gaussian = each["kind"].endswith("gaussian")
            of_noise = dp_event.GaussianDpEvent if is_gaussian else dp_event.LaplaceDpEvent
            event = of_noise(each["noise"])
            if each["rate"] < 1:
                event = dp_event.PoissonSampledDpEvent(each["rate"], event)
            events.append(dp_event.SelfComposedDpEvent(event, each["count"]))
        return dp_event.ComposedDpEvent(events)

    def largest_loss(each, replace):
        sensitivity = 2 if replace else 1
        if each["kind"].endswith("laplace"):
            return math.log1p(each["rate"] * math.expm1(1 / each["noise"]))
        # Their tails are at 10 standard deviations.
        v = (10 + sensitivity / each["noise"]) * sensitivity / each["noise"]
        return math.log1p(each["rate"] * math.expm1(v))

    def lower_bound(parts, relation, interval, delta):
        """Their only one: each loss rounded down."""
        options = {
            "pessimistic_estimate": False,
            "use_connect_dots": False,
            "value_discretization_interval": interval,
        }
        all_parts = None
        for each in parts:
            options["sampling_prob"] = each["rate"]
            if each["kind"].endswith("laplace"):
                part = pld.from_laplace_mechanism(each["noise"], **options)
            else:
                part = pld.from_gaussian_mechanism(
                    each["noise"], neighboring_relation=relation, **options
                )
            part = part.self_compose(each["count"])
            all_parts = part if all_parts is None else all_parts.compose(part)
        return all_parts.get_epsilon_for_delta(delta)

    rng = random.Random(SEED)
    for _ in range(200):
        replace = rng.random() < 0.2
        relation = (
            NeighboringRelation.REPLACE_ONE if replace else NeighboringRelation.ADD_OR_REMOVE_ONE
        )
        parts = []
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            part = mechanism(rng, replace)
            while largest_loss(part, replace) > most_loss:
                part = mechanism(rng, replace)
            parts.append(part)
        delta = 10 ** rng.uniform(-8, -3)
        cells = max(largest_loss(each, replace) for each in parts) / most_cells
        interval = min(default_interval, max(1e-5, cells))

        def upper_bound(at):
            accountant = PLDAccountant(relation, value_discretization_interval=at)
            accountant.compose(their_event(parts))
            return float(accountant.get_epsilon(delta))

        by_default = upper_bound(default_interval)
        yield {
            "event": our_event(parts),
            "neighboringRelation": "replace-one" if replace else "add-or-remove-one",
            "delta": delta,
            "interval": interval,
            "byDefault": by_default,
            "upper": by_default if interval == default_interval else upper_bound(interval),
            "lower": float(lower_bound(parts, relation, interval, delta)),
        }


SECTIONS = {
    "opacus-rdp": opacus_rdp,
    "opacus-gdp": opacus_gdp,
    "quadrature": quadrature,
    "dp-accounting-closed-forms": dp_accounting_closed_forms,
    "dp-accounting-pld": dp_accounting_pld,
}

for name in sys.argv[1:] or SECTIONS:
    for line in SECTIONS[name]():
        print(json.dumps({"section": name} | line))
