/**
 * What a wire can carry: the contract asks no more of it.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type Dtype } from "../tensor.js";

/** By default all of it. */
export interface WireAbilities {
  /** The client gets the `id` of an instruction as it was given. Otherwise ids are only to be different. */
  readonly keepsIds?: boolean;
  /** The client gets the `round` of an instruction. */
  readonly keepsRounds?: boolean;
  /** Tensors keep their names. Otherwise they are named `0`, `1`, …. */
  readonly keepsNames?: boolean;
  /** The server knows a client by the id that the client has. */
  readonly keepsClientIds?: boolean;
  /** The code of a failure arrives. Otherwise it may become `FAILED`. */
  readonly keepsFailureCodes?: boolean;
  /** The message of a failure arrives. */
  readonly keepsFailureMessages?: boolean;
  /** A client that is released can be told when to come back. */
  readonly keepsReconnectSeconds?: boolean;
  /** The loss is a double. Otherwise a float32. */
  readonly keepsDoubleLoss?: boolean;
  /** The dtypes that tensors may have. */
  readonly dtypes?: readonly Dtype[];
  /** The largest integer of a scalar, 2^63 − 1 or 2^64 − 1. */
  readonly maxInteger?: bigint;
}

/** Those that aren't denied. */
export function abilitiesOf(abilities: WireAbilities): Required<WireAbilities> {
  return {
    keepsIds: true,
    keepsRounds: true,
    keepsNames: true,
    keepsClientIds: true,
    keepsFailureCodes: true,
    keepsFailureMessages: true,
    keepsReconnectSeconds: true,
    keepsDoubleLoss: true,
    dtypes: Object.keys(BYTES_PER_ELEMENT) as Dtype[],
    maxInteger: 2n ** 64n - 1n,
    ...abilities,
  };
}
