import { describe, expect, it } from "vitest";
import { classificationMetrics } from "../classification-metrics.js";
import { calibrationSvg } from "./calibration-svg.js";
import { learningCurvesSvg } from "./learning-curves-svg.js";
import { matrixSvg } from "./matrix-svg.js";
import { rocSvg } from "./roc-svg.js";

const HOSTILE = `<script>alert("1")</script>\u0000`;

/** What is written in a picture, in the order of the file. */
function textsOf(svg: string): readonly string[] {
  return Array.from(svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, text]) => text!);
}

const three = classificationMetrics({
  probabilities: Float32Array.of(0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.5, 0.25, 0.25, 0.1, 0.8, 0.1),
  labels: [0, 1, 1, 0],
  classes: [HOSTILE, "b & c", "never"],
});

describe("matrixSvg", () => {
  it("tells counts, and shares of rows", async () => {
    const picture = {
      confusionMatrix: [
        [3, 1],
        [0, 0],
      ],
      classes: ["yes", "no"],
    } as const;
    const names = ["yes", "yes", "no", "no", "True class", "Predicted class"];
    expect(textsOf(await matrixSvg(picture))).toEqual(["3", "1", "0", "0", ...names]);
    const shares = await matrixSvg({ ...picture, normalize: true });
    expect(textsOf(shares)).toEqual(["0.75", "0.25", "–", "–", ...names]);
    expect(shares).toContain(`fill="rgb(64,149,197)"`);
  });

  it("is as wide as it is told, and refuses what is no matrix", async () => {
    const picture = {
      confusionMatrix: [
        [3, 1],
        [0, 0],
      ],
      classes: ["yes", "no"],
    } as const;
    expect(await matrixSvg(picture)).toMatch(/^<svg [^>]* width="600" /);
    expect(await matrixSvg({ ...picture, width: 345 })).toMatch(/^<svg [^>]* width="345" /);
    await expect(matrixSvg({ ...picture, width: 20 })).rejects.toThrow(RangeError);
    await expect(matrixSvg({ ...picture, classes: ["yes"] })).rejects.toThrow(RangeError);
  });

  it("keeps two classes of one name apart", async () => {
    const svg = await matrixSvg({
      confusionMatrix: [
        [7, 8],
        [9, 5],
      ],
      classes: ["a", "a"],
    });
    expect(textsOf(svg).slice(0, 4)).toEqual(["7", "8", "9", "5"]);
    expect(svg.match(/fill="rgb\(/g)).toHaveLength(4);
  });
});

describe("rocSvg", () => {
  it("has a curve for each class that occurs, with its area", async () => {
    const svg = await rocSvg({ ...three, title: HOSTILE });
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u0000");
    const texts = textsOf(svg);
    // Class a: 0.8 and 0.1 against 0.1 and 0.5: one above both, one as one and below the other.
    expect(texts).toContain(`&lt;script&gt;alert("1")&lt;/script&gt;\ufffd (AUC 0.63)`);
    expect(texts).toContain("never (no curve)");
    expect(texts).toContain("chance (AUC 0.50)");
    expect(texts).toContain("1 − specificity (false positive rate)");
  });

  it("has the curve of the second of two classes", async () => {
    const two = classificationMetrics({
      probabilities: Float32Array.of(0.9, 0.1, 0.1, 0.9),
      labels: [0, 1],
      classes: ["healthy", "ill"],
    });
    const svg = await rocSvg(two);
    expect(textsOf(svg)).toContain("ill (AUC 1.00)");
    expect(svg).not.toContain("healthy");
    // Sensitivity 1 is below the upper end of the axis, 1.01, of 520 pixels.
    expect(svg).toMatch(/d="M5\.1\d*,520L5\.1\d*,5\.1\d*L520,5\.1/);
  });
});

describe("calibrationSvg and learningCurvesSvg", () => {
  it("tell their numbers", async () => {
    // Confidence 0.8 is right in 2 of 3 cases, 0.5 in 0 of 1: 3/4 · 0.8/6 + 1/4 · 0.5.
    // Squares of 0.06, 0.06, 0.875 and 1.46, their mean.
    const texts = textsOf(await calibrationSvg(three));
    expect(texts).toContain("expected calibration error 0.225, Brier score 0.614");
  });

  it("leave out what is no number", async () => {
    const rows = [
      { train_loss: 1, valid_loss: Number.NaN, accuracy: 0.5 },
      { train_loss: 0.5, valid_loss: Number.POSITIVE_INFINITY, accuracy: 0.75 },
    ];
    const svg = await learningCurvesSvg({ rows });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(textsOf(svg)).toContain("loss in training");
    expect(await learningCurvesSvg({ rows: [] })).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("draw data that tell nothing", async () => {
    const none = classificationMetrics({
      probabilities: new Float32Array(0),
      labels: [],
      classes: ["a", "b"],
    });
    for (const svg of [await calibrationSvg(none), await rocSvg(none)]) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});
