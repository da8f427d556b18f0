import { createHash } from "node:crypto";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ClientConnection,
  collectParameters,
  fingerprintOf,
  type ModelParameters,
  type ParameterSource,
  writeSafetensors,
} from "../../src/index.js";
import { nativeServerTransport } from "../../src/native.js";
import { type RawClient, rawClient } from "./raw-client.js";
import { ASK, modelOf } from "./stage.js";

const MiB = 2 ** 20;
const CHUNK = 4 * MiB;

let connected: ClientConnection[];
let problems: string[];
let listening: { readonly address: string; readonly close: () => Promise<void> };
let raw: RawClient;

beforeEach(async () => {
  connected = [];
  problems = [];
  const transport = nativeServerTransport({
    address: "127.0.0.1:0",
    insecure: true,
    idleMs: 1500,
    limits: { maxMessageBytes: 16 * MiB },
  });
  listening = await transport.listen({
    onConnect: (connection) => connected.push(connection),
    onProblem: ({ code }) => problems.push(code),
  });
  raw = await rawClient(listening.address);
});

afterEach(async () => {
  raw.close();
  // Whatever was sent, the server is there for others.
  const other = await rawClient(listening.address);
  await other.hello("other");
  other.close();
  await listening.close();
});

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A message as the client's program makes it. */
function frame(header: unknown, body: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, body]);
}

const PROPERTIES = frame({ reply: { kind: "getProperties", properties: [["a", "i", "1"]] } });
const GET_PROPERTIES = { kind: "getProperties", id: "1", config: {} } as const;

async function expectParameters(source: ParameterSource, expected: ModelParameters) {
  expect(fingerprintOf(await collectParameters(source))).toBe(fingerprintOf(expected));
}

/** What of a model goes along, and the rest in chunks. */
function cut(megabytes: number) {
  const parameters = modelOf(megabytes);
  const bytes = writeSafetensors(parameters);
  const headLength = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const tail = bytes.subarray(headLength);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < tail.length; at += CHUNK) chunks.push(tail.subarray(at, at + CHUNK));
  const head = bytes.subarray(0, headLength);
  const header = { reply: { kind: "getParameters" }, parameters: { tailLength: tail.length } };
  return { parameters, chunks, header, head };
}

describe("a reply that is sent again", () => {
  it("is acknowledged again, and counts once", async () => {
    const headers = await raw.hello("a");
    const answer = connected[0]!.request(GET_PROPERTIES);
    const put = () => raw.ask("PUT", "/v1/replies/1", { headers, body: PROPERTIES });
    const both = await Promise.all([put(), put()]);
    expect([...both, await put()].map(({ status, json }) => [status, json])).toEqual([
      [200, { state: "done" }],
      [200, { state: "done" }],
      [200, { state: "done" }],
    ]);
    expect(await answer).toMatchObject({ properties: { a: 1n } });
    const commit = await raw.ask("POST", "/v1/replies/1/commit", { headers });
    expect(commit.json).toEqual({ state: "done" });
  });

  it("in chunks, too, in any order and as often as it likes", async () => {
    const { parameters, chunks, header, head } = cut(10);
    const headers = await raw.hello("a");
    const answer = connected[0]!.request(ASK);
    const putFrame = () => raw.ask("PUT", "/v1/replies/1", { headers, body: frame(header, head) });
    const putChunk = (i: number) =>
      raw.ask("PUT", `/v1/replies/1/chunks/${i}`, {
        headers: { ...headers, "x-dsail-sha256": hashOf(chunks[i]!) },
        body: chunks[i]!,
      });
    expect((await putFrame()).json).toEqual({ state: "open", next: 0, also: [] });
    const reply = await answer;
    if (reply.kind !== "getParameters") expect.fail();
    expect((await putChunk(2)).json).toEqual({ state: "open", next: 0, also: [2] });
    expect((await putFrame()).json).toEqual({ state: "open", next: 0, also: [2] });
    const early = await raw.ask("POST", "/v1/replies/1/commit", { headers });
    expect(early.json).toEqual({ state: "open", next: 0, also: [2] });
    await Promise.all([putChunk(0), putChunk(1), putChunk(2)]);
    const commit = () => raw.ask("POST", "/v1/replies/1/commit", { headers });
    expect((await commit()).json).toEqual({ state: "done" });
    expect((await commit()).json).toEqual({ state: "done" });
    await expectParameters(reply.parameters, parameters);
    expect((await commit()).json).toEqual({ state: "done" });
    expect((await putChunk(1)).json).toEqual({ state: "done" });
  });

  it("is refused when it is late, by a word that the client knows", async () => {
    const headers = await raw.hello("a");
    const answer = connected[0]!.request(GET_PROPERTIES, { timeoutMs: 20 });
    await expect(answer).rejects.toMatchObject({ code: "TIMEOUT", clientId: "a" });
    for (const number of [0, 1, 2]) {
      const path = `/v1/replies/${number}`;
      const late = await raw.ask("PUT", path, { headers, body: PROPERTIES });
      expect([late.status, late.json]).toEqual([409, { state: "late" }]);
      const commit = await raw.ask("POST", `${path}/commit`, { headers });
      expect([commit.status, commit.json]).toEqual([409, { state: "late" }]);
    }
    const next = connected[0]!.request(GET_PROPERTIES);
    await raw.ask("PUT", "/v1/replies/2", { headers, body: PROPERTIES });
    expect(await next).toMatchObject({ kind: "getProperties" });
  });
});

describe("chunks that are wrong", () => {
  const start = async (megabytes: number) => {
    const model = cut(megabytes);
    const headers = await raw.hello("a");
    const answer = connected[0]!.request(ASK);
    await raw.ask("PUT", "/v1/replies/1", { headers, body: frame(model.header, model.head) });
    const reply = await answer;
    if (reply.kind !== "getParameters") expect.fail();
    const put = (
      i: number | string,
      body: Uint8Array,
      more: Readonly<Record<string, string | number>> = {},
    ) =>
      raw.ask("PUT", `/v1/replies/1/chunks/${i}`, {
        headers: { ...headers, "x-dsail-sha256": hashOf(body), ...more },
        body,
      });
    return { ...model, headers, put, source: reply.parameters };
  };

  it.each<[string, number, (chunk: Uint8Array) => Parameters<RawClient["ask"]>[2]]>([
    [
      "of another hash",
      400,
      (body) => ({ body, headers: { "x-dsail-sha256": hashOf(PROPERTIES) } }),
    ],
    ["without a hash", 400, (body) => ({ body, headers: { "x-dsail-sha256": "" } })],
    ["that are longer", 413, () => ({ body: new Uint8Array(CHUNK + 1) })],
    ["that are shorter", 400, (chunk) => ({ body: chunk.subarray(1) })],
    [
      "compressed to something else",
      400,
      (chunk) => ({ body: chunk.subarray(0, 100), headers: { "content-encoding": "gzip" } }),
    ],
    [
      "that grow beyond their length",
      400,
      () => ({ body: gzipSync(new Uint8Array(64 * MiB)), headers: { "content-encoding": "gzip" } }),
    ],
    [
      "that grow to less",
      400,
      () => ({ body: gzipSync(new Uint8Array(MiB)), headers: { "content-encoding": "gzip" } }),
    ],
    [
      "that stand still",
      408,
      (chunk) => ({
        body: chunk.subarray(0, 100),
        headers: { "content-length": CHUNK },
        isUnfinished: true,
      }),
    ],
  ])("%s are refused, and can be sent right", async (_, status, wrong) => {
    const { chunks, put, headers, parameters, source } = await start(6);
    const { body, headers: more, ...rest } = wrong(chunks[0]!)!;
    const answer = await raw.ask("PUT", "/v1/replies/1/chunks/0", {
      ...rest,
      ...(body && { body }),
      headers: { ...headers, ...(body && { "x-dsail-sha256": hashOf(body) }), ...more },
    });
    expect(answer.status).toBe(status);
    const got = expectParameters(source, parameters);
    await put(0, chunks[0]!);
    await put(1, chunks[1]!);
    await raw.ask("POST", "/v1/replies/1/commit", { headers });
    await got;
  });

  it("are refused as often as they are sent, and the connection goes on", async () => {
    const { put, chunks, source, parameters, headers, head } = await start(6);
    // More than HTTP/2 lets pass before somebody reads.
    for (let i = 0; i < 20; i++) {
      const { status } = await raw.ask("PUT", "/v1/replies/1/chunks/0", {
        headers: { ...headers, "x-dsail-sha256": hashOf(head), "content-length": 2 * CHUNK },
        body: new Uint8Array(MiB),
        isUnfinished: true,
      });
      expect(status).toBe(413);
    }
    const got = expectParameters(source, parameters);
    await put(0, chunks[0]!);
    await put(1, chunks[1]!);
    await raw.ask("POST", "/v1/replies/1/commit", { headers });
    await got;
  });

  it("after the last one are refused", async () => {
    const { put, chunks } = await start(6);
    expect((await put(2, chunks[1]!)).status).toBe(400);
    expect((await put("999999999999999", chunks[1]!)).status).toBe(400);
    expect((await put("1e3", chunks[1]!)).status).toBe(404);
    expect(problems).toContain("BAD_MESSAGE");
  });

  it("far ahead wait for their turn, and take no memory", async () => {
    const { put, chunks, source } = await start(16 - 1 / 1024);
    const all = chunks.map((chunk, i) => put(i, chunk));
    for (const answer of await Promise.all(all)) expect(answer.status).toBe(200);
    let bytes = 0;
    for await (const chunk of source.chunks()) {
      bytes += chunk.bytes.length;
      if (bytes > MiB) break;
    }
  });
});

describe("a reply that is none", () => {
  const wrong: readonly (readonly [string, Uint8Array, string])[] = [
    ["no frame", new Uint8Array([1, 2]), "BAD_MESSAGE"],
    ["a frame that ends early", PROPERTIES.subarray(0, 20), "BAD_MESSAGE"],
    ["no JSON", Buffer.concat([Buffer.from([3, 0, 0, 0]), Buffer.from("{]}")]), "BAD_MESSAGE"],
    ["JSON of great depth", frame(null).fill(0x5b, 4), "BAD_MESSAGE"],
    ["a list", frame([]), "BAD_MESSAGE"],
    ["no reply", frame({}), "BAD_MESSAGE"],
    [
      "of another kind",
      frame({ reply: { kind: "evaluate", loss: 1, numExamples: 1, metrics: [] } }),
      "BAD_MESSAGE",
    ],
    ["of an unknown kind", frame({ reply: { kind: "__proto__" } }), "BAD_MESSAGE"],
    [
      "with examples that are none",
      frame({ reply: { kind: "fit", numExamples: -1, metrics: [] } }),
      "BAD_MESSAGE",
    ],
    [
      "of a failure of no kind",
      frame({ reply: { kind: "failure", code: "OK", message: "" } }),
      "BAD_MESSAGE",
    ],
    [
      "without what tells of the tensors",
      frame({ reply: { kind: "getParameters" }, parameters: { tailLength: 8 } }),
      "BAD_MESSAGE",
    ],
    [
      "with more bytes than allowed",
      frame({ reply: { kind: "getParameters" }, parameters: { tailLength: 16 * MiB + 1 } }),
      "LIMIT_EXCEEDED",
    ],
    ["with a body that says it is longer than allowed", new Uint8Array(17 * MiB), "LIMIT_EXCEEDED"],
  ];

  it.each(wrong)(
    "%s: the request fails, and the client can be asked again",
    async (_, body, code) => {
      const headers = await raw.hello("a");
      const answer = connected[0]!.request(ASK);
      const failed = expect(answer).rejects.toMatchObject({ code, clientId: "a" });
      const { status } = await raw.ask("PUT", "/v1/replies/1", { headers, body });
      expect(status).toBe(code === "BAD_MESSAGE" ? 400 : 413);
      if (body.length > 16 * MiB) {
        // It was not read: the client may send a better one.
        await raw.ask("PUT", "/v1/replies/1", { headers, body: wrong.at(-2)![1] });
      }
      await failed;
      expect(problems).toContain(code);
      const next = connected[0]!.request(GET_PROPERTIES);
      await raw.ask("PUT", "/v1/replies/2", { headers, body: PROPERTIES });
      expect(await next).toMatchObject({ kind: "getProperties" });
    },
  );
});

describe("somebody who", () => {
  it("asks for what there isn't, is told so", async () => {
    const headers = await raw.hello("a");
    const statusOf = async (method: string, path: string) =>
      (await raw.ask(method, path, { headers })).status;
    expect(await statusOf("GET", "/")).toBe(404);
    expect(await statusOf("GET", "/v1/instruction")).toBe(404);
    expect(await statusOf("GET", "/v1/instruction?after=-1")).toBe(404);
    expect(await statusOf("PUT", "/v1/heartbeat")).toBe(405);
    expect(await statusOf("GET", `/v1/parameters/${"0".repeat(64)}`)).toBe(404);
    expect(await statusOf("GET", `/v1/parameters/${"0".repeat(64)}/chunks/0`)).toBe(404);
    expect(await statusOf("GET", "/v1/parameters/../../etc/passwd")).toBe(404);
    expect(await statusOf("POST", "/v1/heartbeat")).toBe(204);
  });

  it("asks for a range or a chunk that there isn't, is told so", async () => {
    const headers = await raw.hello("a");
    const answer = connected[0]!.request({ ...ASK, kind: "fit", parameters: modelOf(1) });
    answer.catch(() => {});
    const { body } = await raw.ask("GET", "/v1/instruction?after=0", { headers });
    const [, id] = /"id":"([\da-f]{64})"/.exec(body.toString())!;
    const get = async (chunk: number, range: string) =>
      (
        await raw.ask("GET", `/v1/parameters/${id}/chunks/${chunk}`, {
          headers: { ...headers, range },
        })
      ).status;
    expect(await get(0, "bytes=10-")).toBe(206);
    expect(await get(0, "bytes=10-20")).toBe(400);
    expect(await get(0, "bytes=99999999-")).toBe(400);
    expect(await get(1, "bytes=0-")).toBe(400);
  });

  it("has no session, or a made-up one, gets none of another", async () => {
    await raw.hello("a");
    for (const authorization of ["", "Bearer x", `Bearer ${"A".repeat(43)}`, "Basic YTph"]) {
      const { status } = await raw.ask("GET", "/v1/instruction?after=0", {
        headers: { authorization },
      });
      expect(status).toBe(410);
    }
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["no name", '{"version":1}'],
    ["a name that is none", '{"version":1,"clientId":"../x"}'],
    ["another version", '{"version":2,"clientId":"a"}'],
  ])("says %s for hello, is not let in", async (_, text) => {
    const { status } = await raw.ask("POST", "/v1/session", { body: Buffer.from(text) });
    expect(status).toBe(400);
    expect(connected).toEqual([]);
    expect(problems).toEqual(["BAD_MESSAGE"]);
  });

  it("says too much for hello, is not listened to", async () => {
    const { status } = await raw.ask("POST", "/v1/session", { body: Buffer.alloc(5000, 0x20) });
    expect(status).toBe(413);
  });

  it("sends headers without end, is not listened to", async () => {
    const headers = {
      ...(await raw.hello("a")),
      ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, "x".repeat(1000)])),
    };
    const outcome = await raw.ask("POST", "/v1/heartbeat", { headers }).catch(() => undefined);
    expect(outcome?.status).not.toBe(204);
  });

  it("calls itself as one who is connected, is turned away; and let in when that one is gone", async () => {
    await raw.hello("a");
    const other = await rawClient(listening.address);
    await expect(other.hello("a")).rejects.toThrow("409");
    raw.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await other.hello("a");
    expect(await connected[0]!.closed).toMatch("new session");
    expect(connected).toHaveLength(2);
    other.close();
  });

  it("connects and says nothing, or no HTTP/2, is hung up on", async () => {
    const [host, port] = listening.address.split(":");
    const endOf = (text: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), host, () => socket.write(text));
        socket.on("error", () => {}).on("close", () => resolve());
        socket.resume();
      });
    await Promise.all([
      endOf(""),
      endOf("GET / HTTP/1.1\r\n\r\n"),
      endOf("PRI * HTTP/2.0\r\n\r\nSM"),
    ]);
  });

  it("leaves, may not do anything any more", async () => {
    const headers = await raw.hello("a");
    expect((await raw.ask("DELETE", "/v1/session", { headers })).status).toBe(204);
    expect(await connected[0]!.closed).toBe("the client left");
    expect((await raw.ask("POST", "/v1/heartbeat", { headers })).status).toBe(410);
  });
});
