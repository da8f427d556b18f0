/**
 * Cases of the contract: how sessions end, by either side.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ask, askModel, assertEchoed, assertModel, echo, gate, model } from "./asking.js";
import { assertRefused, eventually, onStage, within } from "./stage.js";
import type { TransportCase } from "./transport-case.js";
import type { WireAbilities } from "./wire-abilities.js";

export function endingCases(abilities: Required<WireAbilities>): readonly TransportCase[] {
  const { keepsNames } = abilities;
  return [
    {
      name: "tells when a client goes away while it is asked",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { handle, isAsked } = gate();
          const { connection, ended, stop } = await join("a", handle);
          const other = await join("b", echo);
          const answer = connection.request(ask(1));
          answer.catch(() => {});
          await eventually(isAsked, "the client to be asked");
          stop();
          await assertRefused(ended, "ABORTED");
          await assertRefused(answer, "DISCONNECTED");
          assert.equal(typeof (await within(connection.closed, "closed")), "string");
          await assertRefused(connection.request(ask(2)), "DISCONNECTED");
          await assertEchoed(other.connection.request(ask(3)), 3);
        }),
    },
    {
      name: "tells when a client goes away while nobody asks it",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { connection, ended, stop } = await join("a", echo);
          stop();
          await assertRefused(ended, "ABORTED");
          await within(connection.closed, "closed");
          await assertRefused(connection.request(ask(1)), "DISCONNECTED");
        }),
    },
    {
      name: "gives parameters whole or not at all when their client goes away before they are read",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const { connection, ended, stop } = await join("a", model);
          const answer = await within(connection.request(askModel(1)), "the answer");
          stop();
          await assertRefused(ended, "ABORTED");
          const read = assertModel(answer, 1, keepsNames).catch((error: { code?: unknown }) => {
            if (error.code !== "DISCONNECTED") throw error;
          });
          await within(read, "the parameters, or an error");
        }),
    },
    {
      name: "lets a client in again that went away",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const first = await join("a", echo);
          await assertEchoed(first.connection.request(ask(1)), 1);
          first.stop();
          await assertRefused(first.ended, "ABORTED");
          await within(first.connection.closed, "closed");
          const second = await join("a", echo);
          if (abilities.keepsClientIds) assert.equal(second.connection.clientId, "a");
          await assertEchoed(second.connection.request(ask(2)), 2);
          await assertRefused(first.connection.request(ask(3)), "DISCONNECTED");
        }),
    },
    ...[undefined, 30].map(
      (seconds): TransportCase => ({
        name: `lets a client go, ${seconds === undefined ? "for good" : `to come back in ${seconds} s`}`,
        run: (make) =>
          onStage(make, async ({ join }) => {
            const { connection, ended } = await join("a", echo);
            const other = await join("b", echo);
            await assertEchoed(connection.request(ask(1)), 1);
            const options = seconds === undefined ? {} : { reconnectAfterSeconds: seconds };
            await within(connection.release(options), "release");
            const { reconnectAfterSeconds } = await within(ended, "the client's end");
            if (abilities.keepsReconnectSeconds || seconds === undefined) {
              assert.equal(reconnectAfterSeconds, seconds);
            }
            await within(connection.closed, "closed");
            await assertRefused(connection.request(ask(2)), "DISCONNECTED");
            await within(connection.release(), "a second release");
            await assertEchoed(other.connection.request(ask(3)), 3);
          }),
      }),
    ),
    {
      name: "lets all clients go when the server closes, and takes no new one",
      run: (make) =>
        onStage(make, async ({ join, listening, client }) => {
          const [a, b] = [await join("a", echo), await join("b", echo)];
          await assertEchoed(a.connection.request(ask(1)), 1);
          await within(listening.close(), "the server to close");
          for (const { ended, connection } of [a, b]) {
            const { reconnectAfterSeconds } = await within(ended, "the client's end");
            assert.equal(reconnectAfterSeconds, undefined);
            await within(connection.closed, "closed");
          }
          await assertRefused(client("c").run(echo), "DISCONNECTED");
        }),
    },
    {
      name: "ends a request when the server closes",
      run: (make) =>
        onStage(make, async ({ join, listening }) => {
          const { handle, isAsked } = gate();
          const { connection, ended } = await join("a", handle);
          ended.catch(() => {});
          const answer = connection.request(ask(1));
          answer.catch(() => {});
          await eventually(isAsked, "the client to be asked");
          await within(listening.close(), "the server to close");
          await assertRefused(answer, "DISCONNECTED", "ABORTED");
          await within(connection.closed, "closed");
        }),
    },
    {
      name: "does not connect a client whose signal was given before",
      run: (make) =>
        onStage(make, async ({ client }) => {
          const run = client("a").run(echo, { signal: AbortSignal.abort() });
          await assertRefused(run, "ABORTED");
        }),
    },
  ];
}
