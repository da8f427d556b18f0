import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * Checks that x has a batch axis and a channel axis, and parameters a value for each channel. Returns their number.
 *
 * @throws {@link RangeError} if not
 */
export function assertChannels(x: Tensor, ...parameters: readonly Tensor[]): number {
  const channels = x.shape.at(-1);
  if (x.shape.length < 2 || channels === undefined || channels === 0) {
    throw new RangeError(`x: expected [batch, …, channels], got [${x.shape}]`);
  }
  for (const { shape } of parameters) {
    if (shape.length !== 1 || shape[0] !== channels) {
      throw new RangeError(`scale, offset: expected [${channels}], got [${shape}]`);
    }
  }
  return channels;
}
