/**
 * Cases of the contract: who is asked when, and whose answer is whose.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Reply } from "../message.js";
import type { ParameterSource } from "../parameter-source.js";
import { ask, askModel, assertEchoed, assertModel, echo, gate, model } from "./asking.js";
import { assertRefused, eventually, onStage, within } from "./stage.js";
import type { TransportCase } from "./transport-case.js";
import type { WireAbilities } from "./wire-abilities.js";

export function requestCases(abilities: Required<WireAbilities>): readonly TransportCase[] {
  const { keepsNames } = abilities;
  return [
    {
      name: "asks a client many times, one after the other",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const ids = new Set<string>();
          const { connection } = await join("a", (asked) => {
            ids.add(asked.id);
            return echo(asked);
          });
          for (let i = 0; i < 50; i++) await assertEchoed(connection.request(ask(i)), i);
          assert.equal(ids.size, 50, "ids are not unique");
        }),
    },
    {
      name: "asks several clients at once, who answer in any order",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const gates = Array.from({ length: 8 }, gate);
          const joined = [];
          for (const [i, { handle }] of gates.entries()) {
            joined.push(await join(`client-${i}`, handle));
          }
          if (abilities.keepsClientIds) {
            const ids = joined.map(({ connection }) => connection.clientId);
            assert.deepEqual(
              ids,
              [...gates.keys()].map((i) => `client-${i}`),
            );
          }
          assert.equal(new Set(joined.map(({ connection }) => connection.clientId)).size, 8);
          const order: number[] = [];
          const answers = joined.map(async ({ connection }, i) => {
            await assertEchoed(connection.request(ask(i)), i);
            order.push(i);
          });
          for (const answer of answers) answer.catch(() => {});
          for (const [i, { isAsked }] of gates.entries()) await eventually(isAsked, `client ${i}`);
          for (const [i, { open }] of [...gates.entries()].reverse()) {
            open();
            await answers[i];
          }
          assert.deepEqual(order, [7, 6, 5, 4, 3, 2, 1, 0]);
        }),
    },
    {
      name: "asks a client one thing at a time",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { handle, isAsked, open } = gate();
          const { connection } = await join("a", handle);
          const first = connection.request(ask(1));
          first.catch(() => {});
          await eventually(isAsked, "the client to be asked");
          const second = connection.request(ask(2)).then(
            () => "answered",
            () => "rejected",
          );
          assert.equal(await within(second, "the second request"), "rejected");
          open();
          await assertEchoed(first, 1);
          await assertEchoed(connection.request(ask(3)), 3);
        }),
    },
    {
      name: "gives up a request by its signal, and never takes a late answer for another's",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { handle, isAsked, open } = gate();
          const { connection, ended } = await join("a", handle);
          ended.catch(() => {});
          await assertRefused(
            connection.request(ask(0), { signal: AbortSignal.abort() }),
            "ABORTED",
          );
          const controller = new AbortController();
          const first = connection.request(ask(1), { signal: controller.signal });
          first.catch(() => {});
          await eventually(isAsked, "the client to be asked");
          controller.abort();
          await assertRefused(first, "ABORTED");
          await assertNextIsRight(connection.request(ask(2)), open);
        }),
    },
    {
      name: "gives up a request when nothing comes in time, and never takes a late answer for another's",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { handle, open } = gate();
          const { connection, ended } = await join("a", handle);
          ended.catch(() => {});
          await assertRefused(connection.request(ask(1), { timeoutMs: 100 }), "TIMEOUT");
          await assertNextIsRight(connection.request(ask(2)), open);
        }),
    },
    {
      name: "waits as long as it may",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { connection } = await join("a", async (asked) => {
            await new Promise((resolve) => setTimeout(resolve, 30));
            return echo(asked);
          });
          await assertEchoed(connection.request(ask(1), { timeoutMs: 10_000 }), 1);
          await assertEchoed(connection.request(ask(2), { timeoutMs: 2 ** 40 }), 2);
          const controller = new AbortController();
          await assertEchoed(connection.request(ask(3), { signal: controller.signal }), 3);
          controller.abort();
          await assertEchoed(connection.request(ask(4)), 4);
        }),
    },
    {
      name: "acknowledges replies that were taken, each once",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const ids: string[] = [];
          const { connection, acknowledged } = await join("a", (asked) => {
            ids.push(asked.id);
            return asked.kind === "getParameters" ? model(asked) : echo(asked);
          });
          await assertEchoed(connection.request(ask(1)), 1);
          await eventually(() => acknowledged.length === 1, "the first acknowledgement");
          const answer = await within(connection.request(askModel(2)), "the answer");
          await assertModel(answer, 2, keepsNames);
          await eventually(() => acknowledged.length === 2, "the second acknowledgement");
          assert.deepEqual(acknowledged, ids);
          if (abilities.keepsIds) assert.deepEqual(ids, ["id-1", "id-2"]);
        }),
    },
    {
      name: "goes on after parameters that nobody read",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { connection } = await join("a", model);
          const unread = await within(connection.request(askModel(1)), "the first answer");
          const next = await within(connection.request(askModel(2)), "the second answer");
          await assertModel(next, 2, keepsNames);
          // Its own parameters, if they are still there; never another's.
          const late = assertModel(unread, 1, keepsNames).catch((error: { name?: unknown }) => {
            if (error.name !== "FlError") throw error;
          });
          await within(late, "the first parameters, or an error");
          await assertModel(await connection.request(askModel(3)), 3, keepsNames);
        }),
    },
    {
      name: "goes on after parameters that were given up while they were read",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { connection } = await join("a", model);
          const answer = await within(connection.request(askModel(1)), "the first answer");
          assert.ok(answer.kind === "getParameters");
          for await (const chunk of answer.parameters.chunks()) {
            assert.ok(chunk.bytes.length > 0);
            break;
          }
          const next = await within(connection.request(askModel(2)), "the second answer");
          await assertModel(next, 2, keepsNames);
        }),
    },
  ];
}

/** Lets the late answer through, and asserts that it is dropped: the next one is right, or the client is gone. */
async function assertNextIsRight(next: Promise<Reply<ParameterSource>>, open: () => void) {
  next.catch(() => {});
  setTimeout(open, 50);
  const outcome = assertEchoed(next, 2).catch((error: { code?: unknown }) => {
    if (error.code !== "DISCONNECTED") throw error;
  });
  await within(outcome, "the next answer");
}
