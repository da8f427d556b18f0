/**
 * Cases of the contract: what is sent arrives, and nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import { collectParameters } from "../collect-parameters.js";
import type { FailureReply, Instruction, Reply } from "../message.js";
import type { ParameterSource } from "../parameter-source.js";
import type { ModelParameters } from "../tensor.js";
import { bytesOfTensor } from "../tensor-bytes.js";
import {
  assertSameParameters,
  assertSameScalars,
  everyScalar,
  everyTensor,
  smallModel,
  tensorOf,
} from "./sample-messages.js";
import { assertRefused, type Handle, type MakeTransportPair, onStage, within } from "./stage.js";
import type { TransportCase } from "./transport-case.js";
import type { WireAbilities } from "./wire-abilities.js";

export function messageCases(abilities: Required<WireAbilities>): readonly TransportCase[] {
  const scalars = everyScalar(abilities.maxInteger);
  const tensors = everyTensor(abilities.dtypes);

  function assertArrived(actual: Instruction | undefined, expected: Instruction): void {
    assert.ok(actual, "the client was not asked");
    assert.equal(actual.kind, expected.kind);
    if (abilities.keepsIds) assert.equal(actual.id, expected.id);
    if (abilities.keepsRounds) assert.equal(actual.round, expected.round);
    assertSameScalars(actual.config, expected.config);
    if (!("parameters" in expected)) return;
    assert.ok("parameters" in actual, "the parameters are missing");
    assertSameParameters(actual.parameters, expected.parameters, abilities.keepsNames);
  }

  /** Sends one instruction, and gives what arrived at both ends. */
  async function exchange(
    make: MakeTransportPair,
    instruction: Instruction,
    reply: Reply<ModelParameters>,
    check: (answer: Reply<ParameterSource>) => Promise<void>,
  ): Promise<void> {
    await onStage(make, async ({ join }) => {
      let got: Instruction | undefined;
      const { connection } = await join("a", async (asked) => {
        got = asked;
        return reply;
      });
      const answer = await within(connection.request(instruction), "the answer");
      assertArrived(got, instruction);
      assert.equal(answer.kind, reply.kind);
      await check(answer);
    });
  }

  /** Trains with these parameters both ways. */
  const exchangeParameters = (
    make: MakeTransportPair,
    sent: ModelParameters,
    back: ModelParameters,
  ) =>
    exchange(
      make,
      { kind: "fit", id: "fit-1", round: 1, parameters: sent, config: {} },
      { kind: "fit", parameters: back, numExamples: 1, metrics: {} },
      async (answer) => {
        assert.ok(answer.kind === "fit");
        const parameters = await within(collectParameters(answer.parameters), "the parameters");
        assertSameParameters(parameters, back, abilities.keepsNames);
      },
    );

  const failures: readonly FailureReply["code"][] = ["NOT_IMPLEMENTED", "FAILED", "POLICY"];

  return [
    {
      name: "carries getProperties, with scalars of every type both ways",
      run: (make) =>
        exchange(
          make,
          { kind: "getProperties", id: "properties-1", round: 0, config: scalars },
          { kind: "getProperties", properties: scalars },
          async (answer) => {
            assert.ok(answer.kind === "getProperties");
            assertSameScalars(answer.properties, scalars);
            assert.ok(!("polluted" in {}));
          },
        ),
    },
    {
      name: "carries getParameters",
      run: (make) =>
        exchange(
          make,
          { kind: "getParameters", id: "parameters-1", round: 0, config: scalars },
          { kind: "getParameters", parameters: smallModel(1) },
          async (answer) => {
            assert.ok(answer.kind === "getParameters");
            const got = await within(collectParameters(answer.parameters), "the parameters");
            assertSameParameters(got, smallModel(1), abilities.keepsNames);
          },
        ),
    },
    {
      name: "carries fit",
      run: (make) =>
        exchange(
          make,
          { kind: "fit", id: "fit-1", round: 7, parameters: smallModel(1), config: scalars },
          { kind: "fit", parameters: smallModel(2), numExamples: 2 ** 40, metrics: scalars },
          async (answer) => {
            assert.ok(answer.kind === "fit");
            assert.equal(answer.numExamples, 2 ** 40);
            assertSameScalars(answer.metrics, scalars);
            const got = await within(collectParameters(answer.parameters), "the parameters");
            assertSameParameters(got, smallModel(2), abilities.keepsNames);
          },
        ),
    },
    ...[abilities.keepsDoubleLoss ? 0.1 : 0.25, Number.POSITIVE_INFINITY, Number.NaN].map(
      (loss): TransportCase => ({
        name: `carries evaluate, with a loss of ${loss}`,
        run: (make) =>
          exchange(
            make,
            { kind: "evaluate", id: "evaluate-1", round: 7, parameters: tensors, config: scalars },
            { kind: "evaluate", loss, numExamples: 0, metrics: scalars },
            async (answer) => {
              assert.ok(answer.kind === "evaluate");
              assert.ok(Object.is(answer.loss, loss), "the loss is another");
              assert.equal(answer.numExamples, 0);
              assertSameScalars(answer.metrics, scalars);
            },
          ),
      }),
    ),
    {
      name: "carries tensors of every dtype, and of shapes without dimensions or elements",
      run: (make) => exchangeParameters(make, tensors, tensors.toReversed()),
    },
    {
      name: "carries parameters of no tensor",
      run: (make) => exchangeParameters(make, [], []),
    },
    {
      name: "carries tensors of 20 MB bit by bit",
      run: (make) => {
        const large = (seed: number) => [
          tensorOf({ name: "0", dtype: "float32", shape: [5] }, seed),
          tensorOf({ name: "1", dtype: "float32", shape: [2500, 2000] }, seed + 1),
          tensorOf({ name: "2", dtype: "uint8", shape: [3] }, seed + 2),
        ];
        return exchangeParameters(make, large(1), large(9));
      },
    },
    {
      name: "carries many small tensors",
      run: (make) => {
        const many = Array.from({ length: 2000 }, (_, i) =>
          tensorOf({ name: String(i), dtype: "float32", shape: [i % 7] }, i),
        );
        return exchangeParameters(make, many, many);
      },
    },
    ...failures.map(
      (code): TransportCase => ({
        name: `carries a failure ${code}, and goes on`,
        run: (make) =>
          onStage(make, async ({ join }) => {
            const message = "no training here: größer 🫁";
            const replies: readonly Reply<ModelParameters>[] = [
              { kind: "failure", code, message },
              { kind: "evaluate", loss: 1, numExamples: 1, metrics: {} },
            ];
            let count = 0;
            const { connection } = await join("a", async () => replies[count++]!);
            const parameters = smallModel(1);
            const failed = await within(
              connection.request({ kind: "fit", id: "1", round: 1, parameters, config: {} }),
              "the failure",
            );
            assert.ok(failed.kind === "failure", "a failure arrived as another reply");
            if (abilities.keepsFailureCodes) assert.equal(failed.code, code);
            else assert.ok(failed.code === code || failed.code === "FAILED");
            if (abilities.keepsFailureMessages) assert.equal(failed.message, message);
            const next = await within(
              connection.request({ kind: "evaluate", id: "2", round: 1, parameters, config: {} }),
              "the next answer",
            );
            assert.equal(next.kind, "evaluate");
          }),
      }),
    ),
    {
      name: "keeps the memory of both sides apart",
      run: (make) =>
        onStage(make, async ({ join }) => {
          const own = smallModel(1);
          const kept = new Uint8Array([1, 2, 3]);
          const sent = new Uint8Array([4, 5, 6]);
          const handle: Handle = async (asked) => {
            (asked.config["bytes"] as Uint8Array).fill(9);
            return { kind: "fit", parameters: own, numExamples: 1, metrics: { bytes: kept } };
          };
          const { connection } = await join("a", handle);
          for (const id of ["1", "2"]) {
            const config = { bytes: sent };
            const answer = await within(
              connection.request({ kind: "fit", id, round: 1, parameters: [], config }),
              "the answer",
            );
            assert.ok(answer.kind === "fit");
            assert.deepEqual(
              sent,
              new Uint8Array([4, 5, 6]),
              "the client changed the server's bytes",
            );
            const got = await within(collectParameters(answer.parameters), "the parameters");
            assertSameParameters(got, smallModel(1), abilities.keepsNames);
            assertSameScalars(answer.metrics, { bytes: new Uint8Array([1, 2, 3]) });
            for (const tensor of got) bytesOfTensor(tensor).fill(0);
            (answer.metrics["bytes"] as Uint8Array).fill(0);
          }
        }),
    },
    {
      name: "refuses an instruction beyond the limits",
      run: (make) =>
        onStage(
          make,
          async ({ join }) => {
            const { connection, ended } = await join("a", async () => ({
              kind: "evaluate",
              loss: 1,
              numExamples: 1,
              metrics: {},
            }));
            ended.catch(() => {});
            const parameters = [tensorOf({ name: "0", dtype: "uint8", shape: [2 ** 21] })];
            // Refused where it is sent; or where it arrives, and then the client is gone.
            await assertRefused(
              connection.request({ kind: "evaluate", id: "1", round: 1, parameters, config: {} }),
              "LIMIT_EXCEEDED",
              "DISCONNECTED",
            );
          },
          { maxMessageBytes: 2 ** 20 },
        ),
    },
    {
      name: "refuses a reply beyond the limits",
      run: (make) =>
        onStage(
          make,
          async ({ join }) => {
            const parameters = [tensorOf({ name: "0", dtype: "uint8", shape: [2 ** 21] })];
            const { connection, ended } = await join("a", async () => ({
              kind: "getParameters",
              parameters,
            }));
            ended.catch(() => {});
            const read = async () => {
              const answer = await connection.request({
                kind: "getParameters",
                id: "1",
                round: 1,
                config: {},
              });
              if (answer.kind === "failure") return;
              assert.ok(answer.kind === "getParameters");
              await collectParameters(answer.parameters);
              assert.fail("more arrived than is allowed");
            };
            const outcome = read().catch(async (error) => {
              await assertRefused(Promise.reject(error), "LIMIT_EXCEEDED", "DISCONNECTED");
            });
            await within(outcome, "the refusal");
          },
          { maxMessageBytes: 2 ** 20 },
        ),
    },
  ];
}
