import { describe, expect, it } from "vitest";
import { type ClientConnection, collectParameters, fingerprintOf } from "../../src/index.js";
import { nativeClientTransport, nativeServerTransport } from "../../src/native.js";
import { rawClient } from "./raw-client.js";
import { ASK, eventually, fit, modelOf, withClient } from "./stage.js";

const MiB = 2 ** 20;

describe("a line that breaks", () => {
  it("in the middle of parameters for the client: they go on where they were", async () => {
    const sent = modelOf(20);
    let calls = 0;
    await withClient(
      async (asked) => {
        calls += 1;
        if (asked.kind !== "fit") expect.fail();
        const digest = fingerprintOf(asked.parameters);
        return { kind: "fit", parameters: [], numExamples: 1, metrics: { digest } };
      },
      async ({ line, connection }) => {
        for (const at of [2.5, 3, 3.7, 4]) line.cutAfter("down", at * MiB);
        const reply = await connection.request(fit("1", sent));
        expect(reply).toMatchObject({ metrics: { digest: fingerprintOf(sent) } });
        expect(calls).toBe(1);
        expect(line.connections()).toBe(5);
        // 3 chunks are on their way at once, 1 MiB of each between the two programs when the line breaks.
        expect(line.counted.down).toBeLessThan((20 + 4 * 3.5) * MiB);
        expect(line.counted.down).toBeGreaterThan(20 * MiB);
      },
    );
  });

  it("in the middle of a reply: chunks that are there are not sent again", async () => {
    const sent = modelOf(40);
    let calls = 0;
    await withClient(
      async () => {
        calls += 1;
        return { kind: "getParameters", parameters: sent };
      },
      async ({ line, connection, acknowledged }) => {
        line.cutAfter("up", 30 * MiB);
        const reply = await connection.request(ASK);
        if (reply.kind !== "getParameters") expect.fail();
        const got = await collectParameters(reply.parameters);
        expect(fingerprintOf(got)).toBe(fingerprintOf(sent));
        await eventually(() => acknowledged.length === 1, "the acknowledgement");
        expect(calls).toBe(1);
        expect(line.connections()).toBe(2);
        // At most the 3 chunks that were on their way go twice: with all of it, there would be 70.
        expect(line.counted.up).toBeLessThan((40 + 3 * 4 + 1) * MiB);
      },
    );
  });

  it("while the client works: it isn't asked again, and its reply arrives", async () => {
    let calls = 0;
    let go!: () => void;
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    await withClient(
      async () => {
        calls += 1;
        await going;
        return { kind: "getProperties", properties: { calls } };
      },
      async ({ line, connection, acknowledged }) => {
        const answer = connection.request({ kind: "getProperties", id: "p", config: {} });
        await eventually(() => calls === 1, "the client to be asked");
        line.cut();
        await eventually(() => line.connections() === 2, "the client to come back");
        go();
        expect(await answer).toMatchObject({ properties: { calls: 1 } });
        await eventually(() => acknowledged.length === 1, "the acknowledgement");
        expect(acknowledged).toEqual(["p"]);
      },
    );
  });

  it("at any byte: every reply counts once", async () => {
    let calls = 0;
    await withClient(
      async ({ config }) => {
        calls += 1;
        return { kind: "getProperties", properties: config };
      },
      async ({ line, connection, acknowledged }) => {
        for (let i = 0; i < 60; i++) {
          line.cutAfter(i % 2 === 0 ? "up" : "down", i * 7);
          const config = { i };
          const answer = await connection.request({ kind: "getProperties", id: `${i}`, config });
          expect(answer).toMatchObject({ properties: { i } });
        }
        await eventually(() => acknowledged.length === 60, "all acknowledgements");
        expect(new Set(acknowledged).size).toBe(60);
        expect(calls).toBe(60);
        expect(line.connections()).toBeGreaterThan(20);
      },
    );
  });

  it("for longer than the grace period: both sides call it the end", async () => {
    await withClient(
      async () => ({ kind: "getProperties", properties: {} }),
      async ({ line, connection, ended }) => {
        line.interrupt();
        await expect(ended).rejects.toMatchObject({ code: "DISCONNECTED" });
        expect(await connection.closed).toMatch("not heard of for 2000 ms");
        await expect(connection.request(ASK)).rejects.toMatchObject({ code: "DISCONNECTED" });
      },
      { graceMs: 2000 },
    );
  });

  it("until the server was killed and is there again: the client is told to begin anew", async () => {
    const handle = async () => ({ kind: "getProperties", properties: {} }) as const;
    await withClient(handle, async ({ line, closeServer, address, ended }) => {
      line.interrupt();
      await closeServer();
      const connected: ClientConnection[] = [];
      const next = await nativeServerTransport({ address, insecure: true }).listen({
        onConnect: (connection) => connected.push(connection),
      });
      line.repair();
      await expect(ended).rejects.toMatchObject({
        code: "DISCONNECTED",
        message: expect.stringContaining("does not know this session"),
      });
      const client = nativeClientTransport({
        address: line.address,
        insecure: true,
        clientId: "site",
      });
      const again = client.run(handle);
      await eventually(() => connected.length === 1, "the client");
      await next.close();
      expect(await again).toEqual({ reconnectAfterSeconds: undefined });
    });
  });

  it("for less: the request waits", async () => {
    await withClient(
      async ({ config }) => ({ kind: "getProperties", properties: config }),
      async ({ line, connection }) => {
        line.interrupt();
        const config = { a: 1 };
        const answer = connection.request({ kind: "getProperties", id: "1", config });
        await new Promise((resolve) => setTimeout(resolve, 300));
        line.repair();
        expect(await answer).toMatchObject({ properties: { a: 1 } });
      },
    );
  });
});

describe("a client", () => {
  it("is not asked twice for the reply it has, when the server asks again with the same id", async () => {
    let calls = 0;
    let go!: () => void;
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    await withClient(
      async ({ config }) => {
        calls += 1;
        await going;
        return { kind: "getProperties", properties: { calls, ...config } };
      },
      async ({ connection, acknowledged }) => {
        const ask = { kind: "getProperties", id: "same", round: 1, config: { a: 1n } } as const;
        const first = connection.request(ask, { timeoutMs: 50 });
        await expect(first).rejects.toMatchObject({ code: "TIMEOUT" });
        const second = connection.request(ask);
        go();
        expect(await second).toMatchObject({ properties: { calls: 1, a: 1n } });
        await eventually(() => acknowledged.length === 1, "the acknowledgement");
        // What was acknowledged is not kept; and another question of the same id is another question.
        expect(await connection.request({ ...ask, config: {} })).toMatchObject({
          properties: { calls: 2 },
        });
      },
    );
  });

  it("gets parameters it has not again, unless it changed them", async () => {
    const sent = modelOf(8);
    let isChanging = false;
    await withClient(
      async (asked) => {
        if (asked.kind !== "fit") expect.fail();
        const digest = fingerprintOf(asked.parameters);
        if (isChanging) (asked.parameters[0]!.data as Uint32Array)[5] = 0;
        return { kind: "fit", parameters: [], numExamples: 1, metrics: { digest } };
      },
      async ({ connection, line }) => {
        const digest = fingerprintOf(sent);
        const costOf = async (id: string) => {
          const before = line.counted.down;
          const reply = await connection.request(fit(id, [...sent]));
          expect(reply).toMatchObject({ metrics: { digest } });
          return line.counted.down - before;
        };
        expect(await costOf("1")).toBeGreaterThan(8 * MiB);
        isChanging = true;
        expect(await costOf("2")).toBeLessThan(MiB / 16);
        expect(await costOf("3")).toBeGreaterThan(8 * MiB);
        // Those of the server are hashed anew for every request: changed in place, they are others.
        (sent[0]!.data as Uint32Array)[7] = 7;
        isChanging = false;
        const reply = await connection.request(fit("4", sent));
        expect(reply).toMatchObject({ metrics: { digest: fingerprintOf(sent) } });
      },
    );
  });

  it("sends and gets compressed what becomes smaller", async () => {
    const sparse = modelOf(16);
    for (const tensor of sparse) tensor.data.fill(0 as never);
    (sparse[0]!.data as Uint32Array)[2 ** 20] = 1;
    await withClient(
      async (asked) => {
        if (asked.kind !== "fit") expect.fail();
        return { kind: "fit", parameters: asked.parameters, numExamples: 1, metrics: {} };
      },
      async ({ connection, line }) => {
        const reply = await connection.request(fit("1", sparse));
        if (reply.kind !== "fit") expect.fail();
        const got = await collectParameters(reply.parameters);
        expect(fingerprintOf(got)).toBe(fingerprintOf(sparse));
        expect(line.counted.down).toBeLessThan(MiB / 4);
        expect(line.counted.up).toBeLessThan(MiB / 4);
      },
    );
  });

  it("that computes for longer than the request may be silent, is waited for: it sends heartbeats", async () => {
    await withClient(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 2500));
        return { kind: "getProperties", properties: {} };
      },
      async ({ connection }) => {
        const ask = { kind: "getProperties", id: "1", config: {} } as const;
        expect(await connection.request(ask, { timeoutMs: 1600 })).toMatchObject(ask.config);
      },
    );
  });
});

describe("a reply that nobody reads yet", () => {
  it.each([256 * MiB, 0])(
    "stays with its client, but for a window (room for %d bytes)",
    async (maxBufferedBytes) => {
      const sent = modelOf(40);
      await withClient(
        async () => ({ kind: "getParameters", parameters: sent }),
        async ({ connection, line, acknowledged }) => {
          const reply = await connection.request(ASK);
          await new Promise((resolve) => setTimeout(resolve, 500));
          // What HTTP/2 lets pass is 1 MiB for each of 3 chunks.
          const window = maxBufferedBytes === 0 ? 4 : 16 + 4;
          expect(line.counted.up).toBeLessThan(window * MiB);
          expect(acknowledged).toEqual([]);
          if (reply.kind !== "getParameters") expect.fail();
          const got = await collectParameters(reply.parameters);
          expect(fingerprintOf(got)).toBe(fingerprintOf(sent));
          await eventually(() => acknowledged.length === 1, "the acknowledgement");
        },
        { server: { maxBufferedBytes } },
      );
    },
  );

  it("of one client does not keep out that of another, which is read", async () => {
    const sent = modelOf(24);
    await withClient(
      async () => ({ kind: "getParameters", parameters: sent }),
      async ({ connection, address, connected }) => {
        const stop = new AbortController();
        const other = nativeClientTransport({ address, insecure: true, clientId: "other" });
        const run = other.run(async () => ({ kind: "getParameters", parameters: sent }), {
          signal: stop.signal,
        });
        run.catch(() => {});
        await eventually(() => connected.length === 2, "the other client");
        await connection.request(ASK);
        await new Promise((resolve) => setTimeout(resolve, 200));
        const reply = await connected[1]!.request(ASK);
        if (reply.kind !== "getParameters") expect.fail();
        const got = await collectParameters(reply.parameters);
        expect(fingerprintOf(got)).toBe(fingerprintOf(sent));
        stop.abort();
        await expect(run).rejects.toMatchObject({ code: "ABORTED" });
      },
      { server: { maxBufferedBytes: 16 * MiB } },
    );
  });
});

describe("a server that ends", () => {
  it("says farewell also to a client that was about to ask", async () => {
    const server = nativeServerTransport({ address: "127.0.0.1:0", insecure: true });
    const { address, close } = await server.listen({ onConnect: () => {} });
    const raw = await rawClient(address);
    const headers = await raw.hello("a");
    const closing = close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { status, body } = await raw.ask("GET", "/v1/instruction?after=0", { headers });
    expect(status).toBe(200);
    expect(body.toString()).toContain('"release"');
    await closing;
    raw.close();
  });
});
