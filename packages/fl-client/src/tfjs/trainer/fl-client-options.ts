/**
 * The options of D-SAIL's client, with its defaults.
 *
 * @module
 */
import type { BackendName } from "../backend/selected-backend.js";
import type { OptimizerOptions } from "../training/optimizer-options.js";
import type { EarlyStoppingOptions } from "./early-stopping.js";
import type { TrainerEvent } from "./trainer-event.js";
import type { Balance, PrivacyOptions, ScheduleName } from "./trainer-options.js";

/** Names are D-SAIL's where it has one. */
export interface FLClientOptions {
  /** A folder `{train,valid,test}/<class>/<image>` of PNG, BMP and JPEG files. */
  readonly dataPath: string;
  /** The classes in the order of their numbers, the same at all sites. Default: those of the folders, sorted. */
  readonly classes?: readonly string[];
  /**
   * Rows and columns that images are resized to. Default 64, with which a ResNet-18 takes a twelfth of the time that 224 takes;
   * D-SAIL resizes nothing.
   */
  readonly imageSize?: number;
  /** 1 grey, 3 RGB. Default 3. */
  readonly channels?: 1 | 3;
  /** Shifts and turns training images at random, by up to an eighth and ten degrees, and changes their intensity by up to a tenth. Default false, as D-SAIL. */
  readonly augment?: boolean;
  /** Threads that decode. Default 1; 0 when this package is run from its sources. */
  readonly workers?: number;
  /** Told of each file that is not used, by its path in the folder: for the site's eyes. */
  readonly onProblem?: (path: string) => void;
  /** What `evaluate` looks at. Default `valid`: who looks at `test` each round has no test set in the end. */
  readonly evaluateOn?: "valid" | "test";

  /** Default `resnet18`. */
  readonly arch?: string;
  /** Default `auto`: group norm with DP, which batch norm makes impossible, else batch norm. */
  readonly normalization?: "auto" | "batch" | "group";
  /** Default `plain`; `fastai` is D-SAIL's. */
  readonly head?: "plain" | "fastai";
  /** A safetensors or npz file to begin with, names as torchvision's. A head for other classes is left out. Default: none. */
  readonly weights?: string;
  /** Default 6e-4. */
  readonly lr?: number;
  /** Of a round. Default 5. */
  readonly epochs?: number;
  /** Default 64. */
  readonly bs?: number;
  readonly microBatchSize?: number;
  /** Default: fastai's Adam, D-SAIL's. */
  readonly optimizer?: OptimizerOptions;
  /** Default `auto`: `fine-tune` with weights to begin with, as D-SAIL, else `one-cycle`. */
  readonly schedule?: ScheduleName | "auto";
  /** Default `auto`: rare classes are drawn more often, as D-SAIL; `none` with DP, which forbids that. */
  readonly balance?: Balance | "auto";
  /** 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  readonly earlyStopping?: EarlyStoppingOptions;
  readonly bestWeights?: boolean;
  /** Default 42. */
  readonly seed?: number;

  /** Differential privacy. Default: on, with D-SAIL's noise 0.5 and bound 1; `none` switches it off. */
  readonly privacy?: PrivacyOptions | "none";

  /** Default `auto`. */
  readonly backend?: BackendName | "auto";
  /** Called with the line that tells which backend runs, and why. */
  readonly onBackend?: (line: string) => void;
  readonly onEvent?: (event: TrainerEvent) => void;

  /** A fit that was ended goes on from this file. */
  readonly checkpointPath?: string;
  /** What D-SAIL's log is named with: a folder ends in a slash; the file is `<csvPath><noise>_<folder of the data>.csv`. */
  readonly csvPath?: string;
  /** Confusion matrix of each evaluation, `.svg` or `.png`. */
  readonly matrixPath?: string;
  /** ROC curves of each evaluation, `.svg` or `.png`. */
  readonly rocPath?: string;
  /** Reliability diagram of each evaluation, `.svg` or `.png`. */
  readonly calibrationPath?: string;
  /** Learning curves after each epoch, `.svg` or `.png`. */
  readonly curvesPath?: string;
  /** A folder for TensorBoard. */
  readonly tensorboardPath?: string;
  /** The parameters after each fit, `.safetensors` or `.npz`. */
  readonly savePath?: string;
}
