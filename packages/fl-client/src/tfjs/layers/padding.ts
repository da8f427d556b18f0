/**
 * PyTorch's padding in TensorFlow's words.
 *
 * @module
 */

/** A window that moves over an image. */
export interface Window {
  /** Rows and columns of the window. */
  readonly kernel: number;
  readonly stride: number;
  /** Rows and columns added on every side. */
  readonly padding: number;
}

/** By a name where TensorFlow has one, since not every kernel of every backend takes a number. */
export type Pad = "same" | "valid" | number;

/** How an operator is told to pad as PyTorch. With strides, `same` isn't: it pads less on top than at the bottom. */
export function padOf({ kernel, stride, padding }: Window): Pad {
  if (padding === 0) return "valid";
  return stride === 1 && 2 * padding === kernel - 1 ? "same" : padding;
}
