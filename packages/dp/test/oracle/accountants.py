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


SECTIONS = {
    "opacus-rdp": opacus_rdp,
    "opacus-gdp": opacus_gdp,
    "quadrature": quadrature,
    "dp-accounting-closed-forms": dp_accounting_closed_forms,
}

for name in sys.argv[1:] or SECTIONS:
    for line in SECTIONS[name]():
        print(json.dumps({"section": name} | line))
