"""Searches the likeness of errors by which held-out measurements are forecast best: likeness.py FOLDS.csv LIKENESS.json

FOLDS.csv comes from smelt.planner.prediction.Recalibration: for each fold of each split every measurement, whether it
is taught or tried there, and what the physics fitted on the taught ones leaves of it. For each set and quantity the
parameters of smelt.planner.time.Likeness are moved one by one while a smooth mean of the errors gets smaller, from
where LIKENESS.json has them.
"""

import csv
import json
import sys

import numpy as np
from scipy.linalg import cho_factor, cho_solve

SCALES = ["users", "devices", "input", "output"]
KINDS = ["engine", "version", "shape", "model", "device", "generation", "precision", "copies", "spread", "load",
         "tensor"]
PART = ["deviation", *SCALES, *KINDS]
# A model that is new on a device is what people ask for most.
SPLITS = {"ROWS": 0.7, "MODEL_ON_DEVICE": 1.0, "DEVICE": 0.5}
USUAL = {"tpot": 0.1, "ttft": 0.25}
LARGEST = {"tpot": 1.2, "ttft": 2.0}
ROUNDS = 7
FARTHEST = 4
PULL = 0.00015


class Trial:
    """The measurements of one set and quantity: differences between all pairs, and the folds."""

    def __init__(self, rows, quantity):
        folds = {}
        for row in rows:
            folds.setdefault((row["split"], row["fold"]), []).append(row)
        some = next(iter(folds.values()))
        logs = [np.log([float(row[c]) for row in some]) for c in SCALES]
        self.squares = [(a[:, None] - a[None, :]) ** 2 for a in logs]
        self.apart = [self.differ([key(row, kind) for row in some]) for kind in KINDS]
        self.usual = USUAL[quantity]
        self.folds = []
        for (split, _), fold in folds.items():
            errors = np.array([float(row[quantity]) for row in fold])
            taught = np.where([row["role"] == "taught" for row in fold])[0]
            tried = np.where([row["role"] == "tried" for row in fold])[0]
            if split in SPLITS and len(taught) and len(tried):
                learnt = np.clip(errors[taught], -LARGEST[quantity], LARGEST[quantity])
                self.folds.append((split, taught, tried, learnt, errors[tried]))

    @staticmethod
    def differ(keys):
        codes = np.unique(keys, return_inverse=True)[1]
        return (codes[:, None] != codes[None, :]).astype(float)

    def covariance(self, x):
        sum_ = np.exp(2 * x[0]) * (1 - self.apart[0])
        for part in np.exp(x[2:]).reshape(2, -1):
            scales, kinds = part[1 : 1 + len(SCALES)], part[1 + len(SCALES) :]
            distance = sum(s / scale**2 for s, scale in zip(self.squares, scales))
            distance = distance + sum(a * kind for a, kind in zip(self.apart, kinds))
            sum_ = sum_ + part[0] ** 2 * np.exp(-np.sqrt(distance))
        return sum_

    def errors(self, x):
        """Log errors of the forecasts, by split."""
        covariance = self.covariance(x)
        noise = np.exp(2 * x[1])
        errors = {}
        for split, taught, tried, learnt, true in self.folds:
            among = covariance[np.ix_(taught, taught)] + noise * np.eye(len(taught))
            weights = cho_solve(cho_factor(among, check_finite=False), learnt, check_finite=False)
            errors.setdefault(split, []).append(covariance[np.ix_(tried, taught)] @ weights - true)
        return {split: np.concatenate(parts) for split, parts in errors.items()}

    def score(self, x, start):
        pull = PULL * ((x - start) ** 2).sum()
        return pull + sum(
            SPLITS[split] * self.usual * np.mean(np.sqrt(1 + (e / self.usual) ** 2) - 1)
            for split, e in self.errors(x).items()
        )

    def told(self, x):
        parts = []
        for split, e in self.errors(x).items():
            off = np.abs(np.exp(e) - 1)
            parts.append(f"{split} {100 * np.median(off):.1f} {100 * np.quantile(off, 0.9):.1f}")
        return ", ".join(parts)


def key(row, kind):
    if kind == "version":
        return row["engine"] + " " + row["version"]
    if kind == "load":
        return row["input"] + "x" + row["output"]
    return row[kind]


def search(trial, start, name):
    x = start.copy()
    best = trial.score(x, start)
    steps = np.full(len(x), 0.7)
    random = np.random.default_rng(1)
    print(name, f"{best:.4f}", trial.told(x), flush=True)
    for _ in range(ROUNDS):
        for i in random.permutation(len(x)):
            for sign in (1, -1):
                moved = x.copy()
                moved[i] = np.clip(x[i] + sign * steps[i], start[i] - FARTHEST, start[i] + FARTHEST)
                score = trial.score(moved, start)
                if score < best - 1e-6:
                    x, best = moved, score
                    steps[i] *= 1.5
                    break
            else:
                steps[i] *= 0.5
        print(name, f"{best:.4f}", trial.told(x), flush=True)
    return x


def flat(likeness):
    parts = [likeness[part][name] for part in ("wide", "near") for name in PART]
    return np.log([likeness["engine"], likeness["noise"], *parts])


def named(x):
    values = [float(f"{v:.4g}") for v in np.exp(x)]
    parts = [dict(zip(PART, values[2 + i * len(PART) :])) for i in range(2)]
    return {"engine": values[0], "noise": values[1], "wide": parts[0], "near": parts[1]}


def main(folds, target):
    with open(folds, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(target, encoding="utf-8") as file:
        likeness = json.load(file)
    for name, quantities in likeness.items():
        for quantity, start in quantities.items():
            trial = Trial([row for row in rows if row["set"].lower() == name], quantity)
            quantities[quantity] = named(search(trial, flat(start), f"{name} {quantity}"))
            with open(target, "w", encoding="utf-8") as file:
                json.dump(likeness, file, indent=2)
                file.write("\n")


main(*sys.argv[1:])
