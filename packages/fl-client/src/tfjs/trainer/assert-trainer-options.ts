/**
 * Options of a trainer that can't be, or that no epsilon would cover.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import { SCALAR_METRIC_NAMES } from "../../metrics/scalar-metrics.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/** @throws {@link FlError} `BAD_DATA` for data that are not the model's; `BAD_CONFIG` */
export function assertTrainerOptions(options: TfjsTrainerOptions): void {
  assertData(options);
  assertMonitor(options);
  assertPrivate(options);
}

function assertData({ model, train, valid, evaluateOn = valid }: TfjsTrainerOptions): void {
  if (train.size === 0) throw new FlError("BAD_DATA", "train: expected images, got none");
  for (const [name, { imageShape, classes }] of Object.entries({ train, valid, evaluateOn })) {
    if (String(imageShape) !== String(model.inputShape)) {
      const what = `images of ${model.inputShape.join(" x ")}, got ${imageShape.join(" x ")}`;
      throw new FlError("BAD_DATA", `${name}: expected ${what}`);
    }
    if (classes.length !== model.numClasses) {
      const what = `${model.numClasses} classes, got ${classes.length}`;
      throw new FlError("BAD_DATA", `${name}: expected ${what}`);
    }
  }
}

function assertMonitor({ earlyStopping, valid }: TfjsTrainerOptions): void {
  if (earlyStopping === undefined) return;
  if (valid.size === 0) throw bad("earlyStopping: expected images in valid, got none");
  const known = ["loss", ...SCALAR_METRIC_NAMES];
  if (known.includes(earlyStopping.monitor ?? "loss")) return;
  throw bad(`monitor: expected one of ${known.join(", ")}`);
}

function assertPrivate({ privacy, ...options }: TfjsTrainerOptions): void {
  if (privacy === "none") return;
  if (typeof privacy !== "object" || privacy === null) {
    throw new TypeError('privacy: expected how images are protected, or "none"');
  }
  const { train, valid, evaluateOn, balance, checkpointPath } = options;
  if (balance === "class-weights") {
    const why = "depend on the labels of all images, and no epsilon covers that";
    const instead = "loss.classWeights, classWeights of createFLClient, or --class-weights";
    throw bad(`balance: class-weights ${why}: give weights that are known to all (${instead})`);
  }
  if (train === valid || train === evaluateOn) {
    const why = "what is told of them is exact";
    throw bad(`valid: expected other images than train with privacy: ${why}`);
  }
  if (checkpointPath !== undefined && privacy.ledger === undefined) {
    const why = "after a restart nobody would know what its epochs cost";
    throw bad(`checkpointPath: expected a ledger beside it: ${why}`);
  }
}

function bad(message: string): FlError {
  return new FlError("BAD_CONFIG", message);
}
