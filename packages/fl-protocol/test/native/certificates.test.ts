import { connect as connectTls } from "node:tls";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ClientConnection, Listening } from "../../src/index.js";
import {
  type NativeServerOptions,
  nativeClientTransport,
  nativeServerTransport,
} from "../../src/native.js";
import { type KeyPair, type TestAuthority, testAuthority } from "../certificates.js";
import { rawClient } from "./raw-client.js";
import { ASK, eventually } from "./stage.js";

let ours: TestAuthority;
let theirs: TestAuthority;
let server: KeyPair;
let site: KeyPair;

beforeAll(async () => {
  [ours, theirs] = [await testAuthority("ours"), await testAuthority("theirs")];
  server = await ours.issue({ name: "server", kind: "server" });
  site = await ours.issue({ name: "site", kind: "client" });
});

let listening: Listening;
let connected: ClientConnection[];
let problems: string[];

async function listen(options: Partial<NativeServerOptions> = {}, own: KeyPair = server) {
  // Those of this server, though one before may still have something to say.
  const told: string[] = [];
  connected = [];
  problems = told;
  const tls = { cert: own.cert, key: own.key, ca: ours.cert };
  listening = await nativeServerTransport({ address: "127.0.0.1:0", tls, ...options }).listen({
    onConnect: (connection) => connected.push(connection),
    onProblem: ({ code, message }) => told.push(`${code}: ${message}`),
  });
}

afterEach(() => listening.close());

const run = ({ cert, key }: KeyPair, rootCertificates = ours.cert, signal?: AbortSignal) =>
  nativeClientTransport({
    address: listening.address,
    tls: { rootCertificates, cert, key },
  }).run(async () => ({ kind: "getProperties", properties: {} }), { ...(signal && { signal }) });

/** What a client that is turned away is told. */
async function refusalOf(pair: KeyPair, rootCertificates?: string): Promise<string> {
  const error = await run(pair, rootCertificates).then(
    () => expect.fail("it was let in"),
    (thrown: { readonly code?: unknown; readonly message: string }) => thrown,
  );
  expect(error.code).toBe("UNAUTHORIZED");
  expect(connected).toEqual([]);
  return error.message;
}

const ISO = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

describe("a client's certificate", () => {
  it("that is not valid yet, is refused with the clocks of both", async () => {
    await listen();
    const young = await ours.issue({ name: "young", kind: "client", from: 0.01 });
    const message = await refusalOf(young);
    expect(message).toMatch("the server refuses this client: the certificate is not valid yet");
    expect(message).toMatch(new RegExp(`valid from ${ISO} to ${ISO}`));
    expect(message).toMatch(new RegExp(`the server's clock says ${ISO}`));
    expect(message).toMatch(new RegExp(`the client's clock says ${ISO}; check the clocks`));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch("UNAUTHORIZED: client young: the certificate is not valid yet");
    expect(problems[0]).toMatch("check the clocks");
  });

  it("that has expired, is refused with the clocks of both", async () => {
    await listen();
    const old = await ours.issue({ name: "old", kind: "client", from: -10, to: -0.01 });
    const message = await refusalOf(old);
    expect(message).toMatch("the certificate has expired");
    expect(message).toMatch("issue a new one");
    expect(problems[0]).toMatch("client old: the certificate has expired");
  });

  it("of another authority is refused, without a word about clocks", async () => {
    await listen();
    const message = await refusalOf(await theirs.issue({ name: "site", kind: "client" }));
    expect(message).toMatch("an authority that is not trusted here");
    expect(message).not.toMatch("clock");
    expect(problems).toHaveLength(1);
  });

  it("that is a server's, is refused", async () => {
    await listen();
    expect(await refusalOf(server)).toMatch("not for this purpose");
  });

  it("without a name that can be an id, is refused", async () => {
    await listen();
    const nameless = await ours.issue({ name: "St. Mary/../etc", kind: "client" });
    expect(await refusalOf(nameless)).toMatch("no common name that can be a client's id");
  });

  it("that is revoked, is refused; and a client that is in ends with its next request", async () => {
    const revoked = new Set<string>();
    await listen({ isRevoked: (serial) => revoked.has(serial), graceMs: 3000 });
    const ended = run(site);
    await eventually(() => connected.length === 1, "the client");
    revoked.add(site.serialNumber);
    await expect(ended).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: "the server refuses this client: the certificate is revoked",
    });
    expect(await connected[0]!.closed).toBe("it may not join any more");
    connected = [];
    expect(await refusalOf(site)).toMatch("revoked");
  });

  it("of one who is not on the list, is refused", async () => {
    await listen({ allowedClients: ["another"] });
    expect(await refusalOf(site)).toMatch("not on the list");
  });

  it("is its id, whatever it calls itself, and a session is of one certificate", async () => {
    await listen();
    const options = { ca: ours.cert, cert: site.cert, key: site.key };
    const raw = await rawClient(listening.address, options);
    const headers = await raw.hello("admin");
    expect(connected[0]!.clientId).toBe("site");
    const thief = await ours.issue({ name: "site", kind: "client" });
    const other = await rawClient(listening.address, { ca: ours.cert, ...thief });
    const path = "/v1/instruction?after=0";
    const { status, json } = await other.ask("GET", path, { headers });
    expect([status, json]).toMatchObject([401, { details: { reason: "NO_SESSION" } }]);
    expect((await raw.ask("POST", "/v1/heartbeat", { headers })).status).toBe(204);
    other.close();
    raw.close();
  });

  it("is needed", async () => {
    await listen();
    const raw = await rawClient(listening.address, { ca: ours.cert });
    const { status, json } = await raw.ask("POST", "/v1/session", { body: Buffer.from("{}") });
    expect([status, json]).toMatchObject([401, { details: { reason: "NO_CERTIFICATE" } }]);
    expect(problems).toEqual(["UNAUTHORIZED: somebody: no certificate was shown"]);
  });
});

describe("a server's certificate", () => {
  it.each([
    ["is not valid yet", 0.01, 1],
    ["has expired", -2, -0.01],
  ])("that %s, is told with the clocks of both", async (what, from, to) => {
    await listen({}, await ours.issue({ name: "server", kind: "server", from, to }));
    const message = await refusalOf(site);
    expect(message).toMatch(`the server is not trusted: the certificate ${what}`);
    expect(message).toMatch(new RegExp(`valid from ${ISO} to ${ISO}`));
    expect(message).toMatch(new RegExp(`the server's clock says ${ISO}`));
    expect(message).toMatch(new RegExp(`the client's clock says ${ISO}`));
  });

  it("of another authority is refused", async () => {
    await listen();
    const message = await refusalOf(site, theirs.cert);
    expect(message).toMatch("the server is not trusted: the certificate is of an authority");
    expect(message).not.toMatch("clock");
  });

  it("for another name is refused", async () => {
    await listen();
    const port = listening.address.split(":").at(-1);
    const transport = nativeClientTransport({
      // A loopback address that is none of its names.
      address: `127.0.0.2:${port}`,
      tls: { rootCertificates: ours.cert, cert: site.cert, key: site.key },
    });
    const refused = transport.run(async () => expect.fail());
    // A server on 127.0.0.1 alone is not there; one on all addresses has another name.
    await expect(refused).rejects.toMatchObject({ code: "DISCONNECTED" });
    await listening.close();
    await listen({ address: "0.0.0.0:0" });
    const { address } = listening;
    const other = nativeClientTransport({
      address: `127.0.0.2:${address.split(":").at(-1)}`,
      tls: { rootCertificates: ours.cert, cert: site.cert, key: site.key },
    });
    await expect(other.run(async () => expect.fail())).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: expect.stringContaining("for other names"),
    });
  });

  it("that is a client's, is refused", async () => {
    await listen({}, site);
    expect(await refusalOf(site)).toMatch("not for this purpose");
  });
});

describe("a server with TLS", () => {
  it("speaks no TLS 1.2, and ends with the one who tried", async () => {
    await listen();
    const [host, port] = listening.address.split(":");
    const refused = new Promise<string>((resolve) => {
      connectTls({
        host: host!,
        port: Number(port),
        ca: ours.cert,
        maxVersion: "TLSv1.2",
        ALPNProtocols: ["h2"],
      }).once("error", ({ code }: NodeJS.ErrnoException) => resolve(String(code)));
    });
    expect(await refused).toMatch("PROTOCOL_VERSION");
    expect(problems).toEqual(["UNAUTHORIZED: a connection without TLS 1.3, or a broken one"]);
  });

  it("that is restarted, takes its clients in again", async () => {
    await listen();
    const { address } = listening;
    const first = run(site);
    await eventually(() => connected.length === 1, "the client");
    const stop = new AbortController();
    await listening.close();
    await first;
    await expect(run(site)).rejects.toMatchObject({ code: "DISCONNECTED" });
    await listen({ address });
    const again = run(site, ours.cert, stop.signal);
    await eventually(() => connected.length === 1, "the client, again");
    expect(await connected[0]!.request({ ...ASK, kind: "getProperties" })).toMatchObject({
      kind: "getProperties",
    });
    stop.abort();
    await expect(again).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("options that contradict each other", () => {
  const refused = (what: string) => expect.objectContaining({ code: "BAD_CONFIG", message: what });
  it("are refused", async () => {
    await listen();
    const tls = { cert: server.cert, key: server.key, ca: ours.cert };
    const on = (address: string, more: Partial<NativeServerOptions>) => () =>
      nativeServerTransport({ address, ...more });
    const text = expect.any(String);
    expect(on("127.0.0.1:0", {})).toThrow(refused(text));
    expect(on("0.0.0.0:0", { insecure: true })).toThrow(refused(text));
    expect(on("127.0.0.1:0", { insecure: true, tls })).toThrow(refused(text));
    expect(on("nowhere", { tls })).toThrow(refused(text));
    expect(on("127.0.0.1:0", { tls: { ...tls, key: site.key } })).toThrow(refused(text));
    expect(on("127.0.0.1:0", { tls: { ...tls, ca: "-----BEGIN" } })).toThrow(refused(text));
    expect(on("0.0.0.0:0", { insecure: "any-address" })).not.toThrow();
    const client = (more: object) => () =>
      nativeClientTransport({ address: "127.0.0.1:1", ...more });
    expect(client({ insecure: true })).toThrow(refused(text));
    expect(client({ insecure: true, clientId: "no name" })).toThrow(refused(text));
    expect(client({ tls: { cert: site.cert, key: site.key }, clientId: "a" })).toThrow(
      refused(text),
    );
    await expect(
      nativeServerTransport({ address: listening.address, tls }).listen({ onConnect: () => {} }),
    ).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });
});
