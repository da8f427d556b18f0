import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientTransport } from "@dsail/fl-protocol";
import { flowerClientTransport } from "@dsail/fl-protocol/flower";
import { nativeClientTransport } from "@dsail/fl-protocol/native";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scripted } from "../../test/federation.js";
import { EXIT_OK, EXIT_USAGE } from "./exit-code.js";
import { run } from "./run.js";

let folder: string;
let authority: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-transports-"));
  authority = join(folder, "ca");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Told {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  /** How the clients ended. */
  readonly ends: readonly unknown[];
}

/** Runs the command; of each address that is told, `join` gives the clients. */
async function command(
  args: readonly string[],
  join: (transport: string, address: string) => readonly ClientTransport[] = () => [],
): Promise<Told> {
  let [out, error] = ["", ""];
  const ends: Promise<unknown>[] = [];
  const onLog = (text: string) => {
    error += text;
    const listening = /"event":"listening","transport":"([^"]+)","address":"([^"]+)"/.exec(text);
    if (listening === null) return;
    for (const client of join(listening[1]!, listening[2]!)) {
      ends.push(client.run(scripted({ delayMs: 50 })).catch((reason: unknown) => reason));
    }
  };
  const streams = { out: { write: (text: string) => (out += text) }, error: { write: onLog } };
  const code = await run(args, streams);
  return { code, out, error, ends: await Promise.all(ends) };
}

/** An authority with a server and clients. */
async function certify(...clients: readonly string[]): Promise<void> {
  const server = ["server", "--kind", "server", "--host", "127.0.0.1"];
  const names = clients.map((name) => [name, "--kind", "client"]);
  const commands = [
    ["init", authority],
    ...[server, ...names].map((a) => ["issue", authority, ...a]),
  ];
  for (const one of commands) expect((await command(["ca", ...one])).code).toBe(EXIT_OK);
}

const issued = (file: string) => join(authority, "issued", file);

function native(address: string, name: string): ClientTransport {
  const tls = {
    rootCertificates: readFileSync(join(authority, "ca.crt")),
    cert: readFileSync(issued(`${name}.crt`)),
    key: readFileSync(issued(`${name}.key`)),
  };
  return nativeClientTransport({ address, tls });
}

/** A run of one round with so many clients, on a free port. */
function ofClients(count: number): readonly string[] {
  const minima = ["fit", "eval", "available"].flatMap((kind) => [
    `--min-${kind}-clients`,
    `${count}`,
  ]);
  return ["--address", "127.0.0.1:0", "--num-rounds", "1", "--json", ...minima];
}

const clientsOf = ({ out }: Told): unknown => JSON.parse(out).history.rounds[0].fit.clients;

describe("dsail-fl-server and its clients", () => {
  it("takes those of an authority over the native transport, by the names of their certificates", async () => {
    await certify("site-a", "site-b");
    const told = await command([...ofClients(2), "--ca-dir", authority], (transport, address) => {
      expect(transport).toBe("native");
      return [native(address, "site-b"), native(address, "site-a")];
    });
    expect(told.code, told.error).toBe(EXIT_OK);
    expect(clientsOf(told)).toEqual(["site-a", "site-b"]);
  });

  it("refuses who is revoked, or not on the list, and goes on with the others", async () => {
    await certify("site-a", "site-b", "site-c");
    expect(await command(["ca", "revoke", authority, "site-b"])).toMatchObject({ code: EXIT_OK });
    const listed = ["--allowed-clients", "site-a,site-b"];
    const told = await command([...ofClients(1), "--ca-dir", authority, ...listed], (_, address) =>
      ["site-b", "site-c", "site-a"].map((name) => native(address, name)),
    );
    expect(told.code, told.error).toBe(EXIT_OK);
    expect(clientsOf(told)).toEqual(["site-a"]);
    expect(told.ends.slice(0, 2)).toMatchObject([
      { code: "UNAUTHORIZED" },
      { code: "UNAUTHORIZED" },
    ]);
  });

  it("takes an allow-list from a config file", async () => {
    await certify("site-a");
    const config = join(folder, "run.json");
    writeFileSync(
      config,
      JSON.stringify({ allowedClients: ["site-x", "site-a"], caDir: authority }),
    );
    const told = await command([...ofClients(1), "--config", config], (_, address) => [
      native(address, "site-a"),
    ]);
    expect(told.code, told.error).toBe(EXIT_OK);
  });

  it("takes the certificates of another authority from files", async () => {
    await certify("site-a");
    const files = ["--tls-cert", issued("server.crt"), "--tls-key", issued("server.key")];
    const args = [...ofClients(1), ...files, "--tls-ca", join(authority, "ca.crt")];
    const told = await command([...args, "--transport", "native"], (_, address) => [
      native(address, "site-a"),
    ]);
    expect(told.code, told.error).toBe(EXIT_OK);
    expect(clientsOf(told)).toEqual(["site-a"]);
  });

  it("listens for Flower's clients and ours at once", async () => {
    await certify("site-a");
    const both = ["--ca-dir", authority, "--native-address", "127.0.0.1:0"];
    const rootCertificates = readFileSync(join(authority, "ca.crt"));
    const told = await command([...ofClients(2), ...both], (transport, address) => [
      transport === "native"
        ? native(address, "site-a")
        : flowerClientTransport({ address, tls: { rootCertificates }, clientId: "site-f" }),
    ]);
    expect(told.code, told.error).toBe(EXIT_OK);
    expect(clientsOf(told)).toEqual(["site-a", "site-f"]);
  });

  it("does without certificates on this machine", async () => {
    const args = [...ofClients(2), "--insecure", "--native-address", "127.0.0.1:0"];
    const told = await command(args, (transport, address) => {
      const options = { address, insecure: true, clientId: transport };
      const make = transport === "native" ? nativeClientTransport : flowerClientTransport;
      return [make(options)];
    });
    expect(told.code, told.error).toBe(EXIT_OK);
    expect(clientsOf(told)).toEqual(["flower-grpc", "native"]);
  });

  it.each([
    [["--transport", "native"], "without TLS anybody"],
    [["--transport", "native", "--insecure", "--native-address", "127.0.0.1:0"], "second address"],
    [["--transport", "native", "--tls-cert", "CERT", "--tls-key", "KEY"], "--tls-ca or --ca-dir"],
    [["--ca-dir", "CA", "--insecure"], "contradict"],
    [["--ca-dir", "NONE"], "ca init"],
    [["--insecure", "--allowed-clients", "a"], "does not check"],
    [["--allowed-clients", "a,,b"], "with commas"],
    [["--transport", "flower", "--ca-dir", "CA", "--require-client-certificate"], "--tls-ca"],
    [["--transport", "http"], "flower, native"],
  ])("exits with 2 for %o", async (args, why) => {
    await certify();
    const paths = new Map([
      ["CERT", issued("server.crt")],
      ["KEY", issued("server.key")],
      ["CA", authority],
      ["NONE", folder],
    ]);
    const given = args.map((arg) => paths.get(arg) ?? arg);
    const { code, out, error } = await command(["--address", "127.0.0.1:0", ...given]);
    expect(code).toBe(EXIT_USAGE);
    expect(out).toBe("");
    expect(error).toContain(why);
    expect(error).not.toContain(folder);
  });

  it("needs a certificate of a server that is valid", async () => {
    await certify();
    await command(["ca", "revoke", authority, "server"]);
    const { code, error } = await command(["--address", "127.0.0.1:0", "--ca-dir", authority]);
    expect(code).toBe(EXIT_USAGE);
    expect(error).toContain("no valid certificate of a server");
  });

  it("has options of its own for ca", async () => {
    await certify("site-a");
    const { code, out } = await command(["ca", "list", authority, "--json"]);
    expect(code).toBe(EXIT_OK);
    expect(JSON.parse(out)).toMatchObject([{ name: "server" }, { name: "site-a", kind: "client" }]);
    expect(await command(["ca", "revoke", authority, "nobody"])).toMatchObject({
      code: EXIT_USAGE,
    });
  });
});
