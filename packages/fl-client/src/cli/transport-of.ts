/**
 * How the server is reached, by the options of the command line.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { type ClientTransport, FlError } from "@dsail/fl-protocol";
import { flowerClientTransport } from "@dsail/fl-protocol/flower";
import { nativeClientTransport } from "@dsail/fl-protocol/native";
import { withOptionName } from "../tfjs/trainer/with-option-name.js";

/** What of the options is about the connection. */
export interface ConnectionFlags {
  readonly server: string;
  readonly transport: "flower" | "native";
  readonly insecure?: true | "any-address";
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientId?: string;
}

/**
 * The transport that was asked for. It connects when a client runs.
 *
 * @throws {@link FlError} `BAD_CONFIG`, with the option of a file that can't be read
 */
export async function transportOf(flags: ConnectionFlags): Promise<ClientTransport> {
  const { server: address, transport, insecure, tlsCa, tlsCert, tlsKey, clientId } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new FlError("BAD_CONFIG", "--tls-cert and --tls-key go together");
  }
  const identity = clientId === undefined ? {} : { clientId };
  const rootCertificates =
    tlsCa === undefined ? {} : { rootCertificates: await fileOf("--tls-ca", tlsCa) };
  const pair =
    tlsCert === undefined || tlsKey === undefined
      ? undefined
      : { cert: await fileOf("--tls-cert", tlsCert), key: await fileOf("--tls-key", tlsKey) };
  if (insecure !== undefined) {
    if (tlsCa !== undefined || pair !== undefined) {
      throw new FlError("BAD_CONFIG", "--insecure is without certificates: leave out --tls-…");
    }
    return transport === "flower"
      ? flowerClientTransport({ address, insecure, ...identity })
      : nativeClientTransport({ address, insecure, ...identity });
  }
  if (transport === "flower") {
    return flowerClientTransport({ address, tls: { ...rootCertificates, ...pair }, ...identity });
  }
  if (pair === undefined) {
    const what = "the native transport shows a certificate";
    throw new FlError("BAD_CONFIG", `${what}: --tls-cert and --tls-key, or --insecure`);
  }
  // Here the certificate tells who it is; a client id is for the ledger.
  return nativeClientTransport({ address, tls: { ...rootCertificates, ...pair } });
}

function fileOf(option: string, path: string): Promise<Uint8Array> {
  return withOptionName(option, () => readFile(path));
}
