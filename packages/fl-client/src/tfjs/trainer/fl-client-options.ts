/**
 * The options of D-SAIL's client, with its defaults.
 *
 * @module
 */
import type { FileProblem, ImageOptions } from "../../data/image-options.js";
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
  /**
   * How files are looked at first. Default `decode`: a damaged one is told now, and not by a fit that fails on it in each round,
   * with privacy after steps were paid for. Images stay in memory (512 MiB), so that the first epoch decodes no more; `header` is
   * for sets that are larger.
   */
  readonly check?: NonNullable<ImageOptions["check"]>;
  /** Whether files that the check finds unreadable stop it (default `refuse`), or are left out (`skip`). */
  readonly unreadable?: NonNullable<ImageOptions["unreadable"]>;
  /** Told of each file that is not used or, later, can't be read, by its path in the folder: for the site's eyes. */
  readonly onProblem?: (path: string, problem: FileProblem) => void;
  /** Told how many files were looked at, of how many, before training. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends that look with `ABORTED`. */
  readonly signal?: AbortSignal;
  /** What `evaluate` looks at. Default `valid`: who looks at `test` each round has no test set in the end. */
  readonly evaluateOn?: "valid" | "test";

  /** Default `resnet18`. */
  readonly arch?: string;
  /** Default `auto`: group norm with DP, which batch norm makes impossible, else batch norm. */
  readonly normalization?: "auto" | "batch" | "group";
  /** Default `plain`; `fastai` is D-SAIL's. */
  readonly head?: "plain" | "fastai";
  /**
   * A safetensors or npz file to begin with, names as torchvision's or fastai's. A head for other classes is left out; an event
   * tells what was missing; with less than half of the body's arrays it is refused. Default: none.
   */
  readonly weights?: string;
  /** Default 6e-4. */
  readonly lr?: number;
  /** Of a round, in all: with `fine-tune` the first of two or more is the one of the head alone. Default 5. */
  readonly epochs?: number;
  /** Default 64. */
  readonly bs?: number;
  readonly microBatchSize?: number;
  /** Default: fastai's Adam, D-SAIL's. */
  readonly optimizer?: OptimizerOptions;
  /** Default `auto`: `fine-tune` with weights to begin with, as D-SAIL, else `one-cycle`. */
  readonly schedule?: ScheduleName | "auto";
  /** Default `auto`: rare classes are drawn more often, as D-SAIL; `none` with DP, which forbids that, and with `classWeights`. */
  readonly balance?: Balance | "auto";
  /**
   * What a wrong answer counts, by class in the order of their numbers: a number above 0 for each. May be used with DP, as long
   * as they are known to all: weights computed of the site's images (`balance`) tell of them. Default: 1 each.
   */
  readonly classWeights?: readonly number[];
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
  /** The folder of D-SAIL's log, with a slash at its end or without; the file is `<csvPath>/<noise>_<folder of the data>.csv`. */
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
  /** The parameters after each fit, `.safetensors` or `.npz`. Files that can't be written end no fit: an event tells, and `close` fails. */
  readonly savePath?: string;
}
