/**
 * Images changed at random, so that a model does not learn them by heart.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";

/** What may happen to an image, in this order. Left out: nothing. */
export interface Augmentation {
  /** Probability that left and right change places, 0 to 1. Not where sides matter, such as for the heart. */
  readonly horizontalFlip?: number;
  /** Pixels of black put around an image, of which its size is then cut out anywhere: 0 or more. */
  readonly cropPadding?: number;
  /** Degrees that an image is turned by at most, either way, around its middle: 0 to 180. Corners become black. */
  readonly rotation?: number;
  /** How far the factor of brightness may be from 1, 0 to 1. */
  readonly brightness?: number;
  /** How far the factor of contrast, the difference from the image's mean, may be from 1, 0 to 1. */
  readonly contrast?: number;
}

type Shape = readonly [rows: number, columns: number, channels: number];

/** @throws {@link RangeError} for a number outside what is said there */
export function assertAugmentation(augmentation: Augmentation): void {
  const { horizontalFlip = 0, cropPadding = 0, rotation = 0 } = augmentation;
  const { brightness = 0, contrast = 0 } = augmentation;
  const shares = { horizontalFlip, brightness, contrast };
  for (const [name, value] of Object.entries(shares)) {
    if (!(value >= 0 && value <= 1)) throw new RangeError(`${name}: expected 0 to 1, got ${value}`);
  }
  if (!(rotation >= 0 && rotation <= 180)) {
    throw new RangeError(`rotation: expected 0 to 180, got ${rotation}`);
  }
  if (!Number.isSafeInteger(cropPadding) || cropPadding < 0) {
    throw new RangeError(`cropPadding: expected an integer of 0 or more, got ${cropPadding}`);
  }
}

/**
 * @param from - H · W · C numbers, 0 black and 1 white
 * @param to - where as many are put; other memory than `from`
 * @param random - as many numbers are drawn whatever is asked for, so that to leave one thing out changes no other
 */
export function augmentImage(
  from: Float32Array,
  to: Float32Array,
  shape: Shape,
  augmentation: Augmentation,
  random: RandomSource,
): void {
  const { horizontalFlip = 0, cropPadding = 0, rotation = 0 } = augmentation;
  const { brightness = 0, contrast = 0 } = augmentation;
  // Of the six, uniform in (0, 1].
  const flip = random.uniform() <= horizontalFlip;
  const shift = () => Math.ceil(random.uniform() * (2 * cropPadding + 1)) - 1 - cropPadding;
  const [down, across] = [shift(), shift()];
  const spread = (most: number) => (2 * random.uniform() - 1) * most;
  const angle = (spread(rotation) * Math.PI) / 180;
  const [brighter, contrastier] = [1 + spread(brightness), 1 + spread(contrast)];
  const move: Move = { flip, down, across, angle };
  if (angle === 0) shiftImage(from, to, shape, move);
  else turnImage(from, to, shape, move);
  if (brightness > 0 || contrast > 0) changeIntensity(to, brighter, contrastier);
}

/** Where a pixel comes from: back from the turn, then the shift, then the flip. */
interface Move {
  readonly flip: boolean;
  /** Pixels. */
  readonly down: number;
  readonly across: number;
  /** Radians. */
  readonly angle: number;
}

/** All of a turn of 0, to the bit, and faster. */
function shiftImage(
  from: Float32Array,
  to: Float32Array,
  [rows, columns, channels]: Shape,
  { flip, down, across }: Move,
): void {
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const y = row + down;
    for (let column = 0; column < columns; column++) {
      const x = flip ? columns - 1 - (column + across) : column + across;
      const isInside = y >= 0 && y < rows && x >= 0 && x < columns;
      const start = (y * columns + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        to[at++] = isInside ? from[start + channel]! : 0;
      }
    }
  }
}

/** Bilinear between the four pixels around, of which those outside are black. */
function turnImage(
  from: Float32Array,
  to: Float32Array,
  [rows, columns, channels]: Shape,
  { flip, down, across, angle }: Move,
): void {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const [middle, center] = [(rows - 1) / 2, (columns - 1) / 2];
  to.fill(0);
  const add = (y: number, x: number, weight: number, at: number) => {
    if (y < 0 || y >= rows || x < 0 || x >= columns) return;
    const start = (y * columns + x) * channels;
    for (let channel = 0; channel < channels; channel++) {
      to[at + channel]! += weight * from[start + channel]!;
    }
  };
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += channels) {
      const [dy, dx] = [row - middle, column - center];
      const y = middle + dy * cosine - dx * sine + down;
      const straight = center + dy * sine + dx * cosine + across;
      const x = flip ? columns - 1 - straight : straight;
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [lower, right] = [y - top, x - left];
      add(top, left, (1 - lower) * (1 - right), at);
      add(top, left + 1, (1 - lower) * right, at);
      add(top + 1, left, lower * (1 - right), at);
      add(top + 1, left + 1, lower * right, at);
    }
  }
}

/** As torchvision's ColorJitter, contrast after brightness; colour images keep the mean of all channels. */
function changeIntensity(image: Float32Array, brightness: number, contrast: number): void {
  let sum = 0;
  for (let i = 0; i < image.length; i++) {
    image[i] = clamp(image[i]! * brightness);
    sum += image[i]!;
  }
  const mean = sum / image.length;
  for (let i = 0; i < image.length; i++) {
    image[i] = clamp(mean + (image[i]! - mean) * contrast);
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
