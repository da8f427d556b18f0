/**
 * A server and three hospitals, each a program of its own, that know each other by certificates:
 *
 *     tsx three-hospitals.ts [OUTPUT [SECRET]] [--per-digit 400] [--rounds 8]
 *
 * OUTPUT gets each hospital's images and records, and the models; SECRET the certificates and keys.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { datasetOfArrays } from "@dsail/fl-client/data";
import {
  createModel,
  evaluateDataset,
  readWeights,
  selectBackend,
  stateOfParameters,
} from "@dsail/fl-client/tfjs";
import { CLASSES, type Digits, prepareHospitals, readDigits } from "./prepare-hospitals.ts";
import { runBin, startBin } from "./start-bin.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "per-digit": { type: "string", default: "400" },
    rounds: { type: "string", default: "8" },
  },
});
const [output = "output", secret = "secret"] = positionals;
const perDigit = Number(values["per-digit"]);
const { rounds } = values;
const ca = join(secret, "ca");
const models = join(output, "models");
const hospitals = ["hospital-1", "hospital-2", "hospital-3"];
const pem = (name: string, ending: "crt" | "key") => join(ca, "issued", `${name}.${ending}`);

/** As in each hospital's own command. Digits name no one: with patients' images, leave out --no-dp and keep a --ledger. */
const TRAINING = [
  ...["--arch", "lenet5", "--image-size", "28", "--grey", "--classes", CLASSES.join(",")],
  ...["--optimizer", "sgd", "--schedule", "constant", "--lr", "0.02", "--bs", "16"],
  ...["--epochs", "1", "--balance", "none", "--no-dp"],
];

// Ended by a signal, it ends what it started.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

console.log("\nimages of each digit");
const seen = prepareHospitals(output, readDigits({ from: 0, perDigit }));
for (const [i, counts] of seen.entries()) {
  console.log(`${hospitals[i]}  ${counts.map((count) => String(count).padStart(4)).join(" ")}`);
}

console.log(`\ncertificates, in ${ca}`);
if (!existsSync(join(ca, "ca.crt"))) await runBin("dsail-fl-server", ["ca", "init", ca]);
const issue = async (name: string, ...kind: readonly string[]) => {
  if (existsSync(pem(name, "crt"))) return;
  await runBin("dsail-fl-server", ["ca", "issue", ca, name, "--kind", ...kind]);
};
// `server` is its name in compose.yaml.
await issue("server", "server", "--host", "localhost", "127.0.0.1", "server");
for (const name of hospitals) await issue(name, "client");

console.log("\nthe federation");
const server = startBin("dsail-fl-server", "server", [
  ...["--address", "127.0.0.1:0", "--transport", "flower", "--num-rounds", rounds],
  ...["--tls-cert", pem("server", "crt"), "--tls-key", pem("server", "key")],
  ...["--tls-ca", join(ca, "ca.crt"), "--require-client-certificate"],
  ...["--save-path", models, "--overwrite", "--log-level", "error"],
]);
const [, port = ""] = await server.says(/^listening on \S+:(\d+) /);
const clients = hospitals.map((name) =>
  startBin("dsail-fl-client", name, [
    ...["--server", `localhost:${port}`, "--data-path", join(output, name), ...TRAINING],
    ...["--csv-path", join(output, `${name}-records/`)],
    ...["--matrix-path", join(output, `${name}-records`, "matrix.svg")],
    ...["--tls-ca", join(ca, "ca.crt")],
    ...["--tls-cert", pem(name, "crt"), "--tls-key", pem(name, "key")],
  ]),
);
await Promise.all([server, ...clients].map(({ done }) => done));

const unseen = readDigits({ from: perDigit, perDigit: 100 });
const accuracy = await accuracyOf(join(models, `round-${rounds}-weights.npz`), unseen);
console.log(
  `\naccuracy on ${unseen.labels.length} digits that no hospital has: ${accuracy.toFixed(3)}`,
);
console.log(`models are in ${models}`);

/** @param path - of a file of the server */
async function accuracyOf(path: string, { images, labels }: Digits): Promise<number> {
  await selectBackend();
  const dataset = datasetOfArrays({
    ...{ images, labels, imageShape: [28, 28, 1], classes: CLASSES },
    // What the client normalizes grey images by.
    normalization: { mean: [0.449], std: [0.226] },
  });
  const model = createModel("lenet5", { numClasses: 10, inputShape: [28, 28, 1] });
  const state = stateOfParameters(model, readWeights(readFileSync(path)));
  const { metrics } = await evaluateDataset(model, state, { dataset, batchSize: 250 });
  return metrics.accuracy ?? Number.NaN;
}
