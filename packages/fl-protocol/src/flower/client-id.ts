/**
 * What clients are called. Flower's own say nothing of themselves.
 *
 * @module
 */
import { isClientId } from "../client-id.js";
import { FlError } from "../errors.js";
import type { FlowerDialect } from "./dialect.js";

/** What is known of a client that wants to join. */
export interface FlowerPeer {
  readonly dialect: FlowerDialect;
  /** Where it connects from, to be believed only as far as proxies are: `IP:PORT`. */
  readonly address: string;
  /** Common name of its certificate, if clients need one. */
  readonly certificateName?: string;
  /** What it says (our own client, only), to be believed only as far as everybody who can connect is. */
  readonly claimedId?: string;
}

/**
 * Names a client.
 *
 * @returns its id (1 to 64 of letters, digits, `.`, `_`, `:`, `@`, `-`); undefined: the next of `flower-1`, `flower-2`, …
 * @throws {@link FlError} `UNAUTHORIZED` to turn it away
 */
export type ClientIdOf = (peer: FlowerPeer) => string | undefined;

/** The name of the certificate, where there is one, and otherwise what the client says. */
export const defaultClientIdOf: ClientIdOf = ({ certificateName, claimedId }) =>
  certificateName ?? claimedId;

/** Numbers those who have no name, in the order they come. */
export function createClientNames(isTaken: (id: string) => boolean): {
  readonly nameOf: (id: string | undefined) => string;
} {
  let last = 0;
  return {
    /** @throws {@link FlError} `UNAUTHORIZED` for what is no id, `DISCONNECTED` for that of another client */
    nameOf: (id) => {
      if (id === undefined) {
        do last += 1;
        while (isTaken(`flower-${last}`));
        return `flower-${last}`;
      }
      if (!isClientId(id)) throw new FlError("UNAUTHORIZED", "a client with a name that is none");
      if (isTaken(id)) {
        throw new FlError("DISCONNECTED", "a client of this name is connected", { clientId: id });
      }
      return id;
    },
  };
}
