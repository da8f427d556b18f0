"""Reads cases as JSON lines, answers each with scikit-learn's metrics; null where there is no value."""

import json
import math
import sys
import warnings

import numpy as np
from sklearn import metrics as m

warnings.filterwarnings("ignore")


def number(x):
    x = float(x)
    return None if math.isnan(x) else x


def calibration_error(p, y, bins=15):
    """Guo et al. 2017, as in the code they published: bins (lower, upper]."""
    confidence, hit = p.max(1), p.argmax(1) == y
    error = 0.0
    edges = [i / bins for i in range(bins + 1)]
    for lower, upper in zip(edges[:-1], edges[1:]):
        inside = (confidence > lower) & (confidence <= upper)
        if inside.any():
            error += abs(confidence[inside].mean() - hit[inside].mean()) * inside.mean()
    return error


for line in sys.stdin:
    case = json.loads(line)
    c = case["classes"]
    y = np.array(case["labels"])
    p = np.array(case["probabilities"], dtype=np.float64).reshape(-1, c)
    all_labels = list(range(c))
    predicted = p.argmax(1)
    present = [k for k in all_labels if 0 < (y == k).sum() < len(y)]
    auc = [m.roc_auc_score(y == k, p[:, k]) if k in present else None for k in all_labels]
    precision, recall, f1, support = m.precision_recall_fscore_support(
        y, predicted, labels=all_labels, zero_division=np.nan
    )
    macro = m.precision_recall_fscore_support(
        y, predicted, labels=all_labels, zero_division=np.nan, average="macro"
    )
    specificity = [
        m.recall_score(y != k, predicted != k, zero_division=np.nan) for k in all_labels
    ]
    curves = [m.roc_curve(y == k, p[:, k]) if k in present else None for k in all_labels]
    if c == 2:
        brier = m.brier_score_loss(y, p[:, 1], pos_label=1)
    else:
        brier = m.brier_score_loss(y, p, labels=all_labels)
    if c > 2 and len(present) == c:
        macro_auc = m.roc_auc_score(y, p, multi_class="ovr", average="macro", labels=all_labels)
        weighted = m.roc_auc_score(y, p, multi_class="ovr", average="weighted", labels=all_labels)
    else:
        known = [(a, s) for a, s in zip(auc, support) if a is not None]
        macro_auc = sum(a for a, _ in known) / len(known) if known else None
        weighted = sum(a * s for a, s in known) / sum(s for _, s in known) if known else None
    print(
        json.dumps(
            {
                "loss": number(m.log_loss(y, p, labels=all_labels)),
                "accuracy": number(m.accuracy_score(y, predicted)),
                "balancedAccuracy": number(m.balanced_accuracy_score(y, predicted)),
                "rocAuc": auc[1] if c == 2 else macro_auc,
                "rocAucWeighted": weighted,
                "areas": auc,
                "sensitivity": [number(x) for x in recall],
                "specificity": [number(x) for x in specificity],
                "precision": [number(x) for x in precision],
                "f1": [number(x) for x in f1],
                "macro": [number(x) for x in macro[:3]],
                "confusionMatrix": m.confusion_matrix(y, predicted, labels=all_labels).tolist(),
                "expectedCalibrationError": number(calibration_error(p, y)),
                "brierScore": number(brier),
                "curves": [
                    None if t is None else [t[0].tolist(), t[1].tolist(), t[2][1:].tolist()]
                    for t in curves
                ],
            }
        )
    )
