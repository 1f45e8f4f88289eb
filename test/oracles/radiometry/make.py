"""Values of numpy for test/unit/pixels/{statistics,radiance,binning}.test.ts.

python test/oracles/radiometry/make.py        (numpy; mean and sd in exact fractions)

Inputs are made by formulas that the tests repeat: only additions and multiplications of doubles.
"""
import json
import os
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
N = 20000


def uniform(n, seed):
    """Multiples of 2^-32 in [0, 1), by a linear congruence."""
    out, state = [], seed
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2**32
        out.append(state / 2**32)
    return np.array(out)


def eighth(u):
    u2 = u * u
    u4 = u2 * u2
    return u4 * u4


u = uniform(N, 7)
with_nan = (u * 100 - 50).astype("float32")
with_nan[::7] = np.nan
outlier = u.copy()
outlier[5] = 1e12
inputs = {
    "uniform": u,
    "skewed": eighth(u) * 1e6,
    "constant": np.full(N, 0.1),
    "offset": u + 1e9,
    "negative": -1e15 - eighth(u) * 100,
    "nan": with_nan,
    "outlier": outlier,
    "huge": (u - 0.5) * 3e150,
    "tiny": u * 1e-150,
    "uint8": np.floor(eighth(u) * 256).astype("uint8"),
    "int16": (np.floor(u * 65536) - 32768).astype("int16"),
    "int32": (np.floor(u * 4294967296) - 2147483648).astype("int32"),
}


def statistics(a):
    a = a[~np.isnan(a)].astype("float64")
    exact = [Fraction(float(v)) for v in a]
    mean = sum(exact) / len(exact)
    variance = sum((v - mean) ** 2 for v in exact) / len(exact)
    sd = float((Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt())
    quantiles = [float(np.percentile(a, q)) for q in (1, 2, 50, 98, 99)]
    return {
        "count": len(a), "min": float(a.min()), "max": float(a.max()), "mean": float(mean), "sd": sd, "quantiles": quantiles,
    }


def distance(day):
    return float(1 - 0.01673 * np.cos(0.0172 * (day.timetuple().tm_yday - 4)))


dates = [date(2024, 1, 1), date(2024, 1, 4), date(2024, 2, 29), date(2023, 7, 4), date(2024, 12, 31), date(2022, 8, 27)]
radiance = (uniform(12, 3) * 120).reshape(3, 4)
e0 = np.array([1959.7, 1823.2, 1512.1])
reflectance = {
    unit: (np.pi * (radiance / f) * distance(date(2022, 8, 27)) ** 2 / (e0[:, None] * np.cos(np.radians(38.5)))).ravel().tolist()
    for unit, f in {"W": 1, "mW": 1000, "uW/cm2": 100}.items()
}
wavelengths = np.arange(400, 1000, 10.0)
sigma = 30 / (2 * np.sqrt(2 * np.log(2)))
srf = np.exp(-0.5 * ((wavelengths - 665) / sigma) ** 2)
cube = np.ma.masked_less(uniform(60 * 5, 11).reshape(60, 5), 0.4)
binned = np.ma.average(cube, axis=0, weights=srf / srf.sum())
share = ((~cube.mask) * srf[:, None]).sum(axis=0) / srf.sum()

with open(os.path.join(HERE, "cases.json"), "w") as f:
    json.dump({
        "statistics": {name: statistics(a) for name, a in inputs.items()},
        "distance": {d.isoformat(): distance(d) for d in dates},
        "reflectance": reflectance,
        "srf": (srf / srf.sum()).tolist(),
        "binned": [float(v) if s >= 0.5 else None for v, s in zip(binned, share)],
    }, f, indent=1)
    f.write("\n")
