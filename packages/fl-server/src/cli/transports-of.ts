/**
 * Where the clients of a run come from, by the options of the command line.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FlError, type Limits, type ServerTransport } from "@dsail/fl-protocol";
import { type FlowerServerOptions, flowerServerTransport } from "@dsail/fl-protocol/flower";
import { type NativeServerOptions, nativeServerTransport } from "@dsail/fl-protocol/native";
import { pathsOf } from "../ca/authority-folder.js";
import { listCertificates } from "../ca/certificate-authority.js";
import { createRevocationList } from "../ca/revocation-list.js";
import { given } from "./given.js";
import type { ServerFlags } from "./server-flags.js";

/** How long a client may be silent where it tells, while it trains, that it is alive. Milliseconds. */
const NATIVE_TIMEOUT_MS = 600_000;

/** How long it may train where nothing is heard until it answers, as on Flower's wire. Milliseconds. */
const FLOWER_TIMEOUT_MS = 86_400_000;

/** Where to listen for whom. */
interface Addresses {
  readonly flower?: string;
  readonly native?: string;
}

/**
 * Flower's wire at `--address`, or ours if it is asked for, or where the clients are those of an authority; ours at
 * `--native-address` besides.
 *
 * @throws {@link FlError} `BAD_CONFIG`; errors of the file system
 */
export async function transportsOf(
  flags: ServerFlags,
  limits: Limits,
): Promise<readonly ServerTransport[]> {
  const { flower, native } = addressesOf(flags);
  if (flower !== undefined) assertFlowerCan(flags);
  const pair = await pairOf(flags);
  const { insecure } = flags;
  const transports: ServerTransport[] = [];
  if (flower !== undefined) {
    const tls = pair && (await flowerTls(flags, pair));
    transports.push(
      flowerServerTransport({ address: flower, limits, ...given({ tls, insecure }) }),
    );
  }
  if (native !== undefined) {
    const { caDir, allowedClients } = flags;
    const tls = pair && (await nativeTls(flags, pair));
    const isRevoked =
      caDir === undefined ? undefined : createRevocationList(pathsOf(caDir).revoked);
    const admission = given({ allowedClients, isRevoked });
    transports.push(
      nativeServerTransport({ address: native, limits, ...admission, ...given({ tls, insecure }) }),
    );
  }
  return transports;
}

/** `--round-timeout`, or how long the wires that are spoken may be silent. Milliseconds. */
export function roundTimeoutOf(flags: ServerFlags): number {
  const { roundTimeout } = flags;
  if (roundTimeout !== undefined) return roundTimeout * 1000;
  return addressesOf(flags).flower === undefined ? NATIVE_TIMEOUT_MS : FLOWER_TIMEOUT_MS;
}

function addressesOf({ transport, address, nativeAddress, caDir }: ServerFlags): Addresses {
  if (nativeAddress !== undefined) {
    if (transport !== "native") return { flower: address, native: nativeAddress };
    throw new FlError(
      "BAD_CONFIG",
      "--native-address is for a second address: --address is native",
    );
  }
  const isNative = (transport ?? (caDir === undefined ? "flower" : "native")) === "native";
  return isNative ? { native: address } : { flower: address };
}

/** What would be taken for checked, and is not. */
function assertFlowerCan({ allowedClients, requireClientCertificate, caDir }: ServerFlags): void {
  if (allowedClients !== undefined) {
    throw new FlError("BAD_CONFIG", "--allowed-clients: Flower's wire does not check them");
  }
  if (requireClientCertificate === true && caDir !== undefined) {
    const what = "Flower's wire does not know what is revoked in --ca-dir: use --tls-ca";
    throw new FlError("BAD_CONFIG", `--require-client-certificate: ${what}`);
  }
}

interface Pair {
  readonly cert: Uint8Array;
  readonly key: Uint8Array;
}

/** The certificate of the server, and its key. */
async function pairOf({ tlsCert, tlsKey, caDir }: ServerFlags): Promise<Pair | undefined> {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new FlError("BAD_CONFIG", "--tls-cert and --tls-key go together");
  }
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { cert: await readFile(tlsCert), key: await readFile(tlsKey) };
  }
  if (caDir === undefined) return undefined;
  const name = await serverNameOf(caDir);
  const path = join(pathsOf(caDir).issued, name);
  return { cert: await readFile(`${path}.crt`), key: await readFile(`${path}.key`) };
}

/** The name whose certificate was issued last, of those of servers that are valid. */
async function serverNameOf(folder: string): Promise<string> {
  const all = await listCertificates(folder);
  // NAME.crt is the last one of its name.
  const current = new Map(all.map((known) => [known.name.toLowerCase(), known]));
  const last = all.findLast(
    (known) =>
      known.kind === "server" &&
      known.state === "valid" &&
      current.get(known.name.toLowerCase()) === known,
  );
  if (last !== undefined) return last.name;
  const what = "ca issue DIR NAME --kind server --host HOST, or --tls-cert";
  throw new FlError("BAD_CONFIG", `--ca-dir has no valid certificate of a server: ${what}`);
}

async function flowerTls(
  { tlsCa, requireClientCertificate }: ServerFlags,
  pair: Pair,
): Promise<NonNullable<FlowerServerOptions["tls"]>> {
  const ca = tlsCa === undefined ? undefined : await readFile(tlsCa);
  return { ...pair, ...given({ ca, requireClientCertificate }) };
}

async function nativeTls(
  { tlsCa, caDir }: ServerFlags,
  pair: Pair,
): Promise<NonNullable<NativeServerOptions["tls"]>> {
  const path = tlsCa ?? (caDir === undefined ? undefined : pathsOf(caDir).certificate);
  if (path !== undefined) return { ...pair, ca: await readFile(path) };
  const what = "clients of the native transport show certificates";
  throw new FlError("BAD_CONFIG", `${what}: --tls-ca or --ca-dir tells whose`);
}
