/**
 * A federation over Flower's wire, with TLS: a server here, and a program for each hospital.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelParameters } from "@dsail/fl-protocol";
import { flowerServerTransport } from "@dsail/fl-protocol/flower";
import { fedAvg, runServer, weightedMeanOfMetrics } from "@dsail/fl-server";

/** A program and its arguments; the server's address comes after them. */
export type HospitalProgram = readonly [program: string, ...args: string[]];

/** How they train. */
export interface FederationOptions {
  /** Of the authority whose certificate the server shows. */
  readonly ca: string;
  readonly rounds: number;
  readonly initialParameters: ModelParameters;
  /** Called after each round, with the mean of the hospitals' accuracies. */
  readonly onRound: (round: number, accuracy: number) => void;
}

/**
 * Trains in rounds by FedAvg.
 *
 * @throws {@link Error} if a program fails, or a round has not all hospitals' results
 */
export async function federate(
  programs: readonly HospitalProgram[],
  { ca, rounds, initialParameters, onRound }: FederationOptions,
): Promise<ModelParameters> {
  const issued = join(ca, "issued", "server");
  const tls = { cert: readFileSync(`${issued}.crt`), key: readFileSync(`${issued}.key`) };
  const count = programs.length;
  const stop = new AbortController();
  const hospitals: Promise<void>[] = [];
  const { status, message, parameters } = await runServer({
    transports: [flowerServerTransport({ address: "127.0.0.1:0", tls })],
    strategy: fedAvg({
      minAvailableClients: count,
      minFitClients: count,
      minEvaluateClients: count,
      minFitResults: count,
      acceptFailures: false,
      initialParameters,
      evaluateMetricsAggregation: weightedMeanOfMetrics,
    }),
    numRounds: rounds,
    maxRoundRetries: 0,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === "listening") {
        const address = event.address.replace("127.0.0.1", "localhost");
        for (const program of programs) {
          const hospital = run([...program, address]);
          hospital.catch(() => stop.abort());
          hospitals.push(hospital);
        }
      } else if (event.kind === "roundFinished") {
        const { round, evaluate } = event.record;
        onRound(round, Number(evaluate?.metrics["accuracy"]));
      }
    },
  });
  await Promise.all(hospitals);
  if (status !== "completed" || parameters === undefined) throw new Error(message ?? status);
  return parameters;
}

/** Runs a hospital to its end. */
async function run([program = "", ...args]: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => void child.kill();
  process.once("exit", stop);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.off("exit", stop);
  if (code !== 0) throw new Error(`a hospital ended with ${code}:\n${said}`);
}
