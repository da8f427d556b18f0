import { createInMemoryTransport } from "@dsail/fl-protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { join, ofKind, play, vector } from "../test/federation.js";
import { runServer } from "./server.js";
import type { ServerEvent } from "./server-event.js";
import { fedAvg } from "./strategies/fed-avg.js";

const initialParameters = vector(0, 0.1, -1);
const strategy = fedAvg({ initialParameters });

describe("too few clients", () => {
  afterEach(() => vi.useRealTimers());

  it("are told of at once and every ten seconds, and waited for", async () => {
    vi.useFakeTimers();
    const transport = createInMemoryTransport();
    const events: ServerEvent[] = [];
    const running = runServer({
      transports: [transport.server],
      strategy,
      numRounds: 1,
      onEvent: (event) => events.push(event),
    });
    await vi.advanceTimersByTimeAsync(0);
    join(transport, "a", {});
    await vi.advanceTimersByTimeAsync(25_000);
    expect(ofKind(events, "waitingForClients")).toEqual([
      { kind: "waitingForClients", have: 0, need: 2 },
      { kind: "waitingForClients", have: 1, need: 2 },
      { kind: "waitingForClients", have: 1, need: 2 },
    ]);
    join(transport, "b", {});
    await vi.advanceTimersByTimeAsync(0);
    vi.useRealTimers();
    expect(await running).toMatchObject({ status: "completed" });
  });

  it("end the run when the time is over", async () => {
    const { result } = await play(
      { a: {} },
      { strategy, numRounds: 1, waitForClientsTimeoutMs: 20, maxRoundRetries: 0 },
    );
    expect(result).toMatchObject({ status: "failed", code: "TOO_FEW_RESULTS", rounds: 0 });
    expect(result.message).toContain("1 clients, 2 needed");
  });
});
