/**
 * A writer among several of one lookup table, as a process or a thread: waits until all are there, records its rows, and
 * tells which pseudonyms it got.
 */
import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { openLookupTable } from "../src/node/lookup-table.js";

const [folder = "", name = "", writers, rows] = (workerData ?? process.argv.slice(2)) as readonly (
  | string
  | undefined
)[];

writeFileSync(join(folder, `${name}.ready`), "");
const ready = () => readdirSync(folder).filter((file) => file.endsWith(".ready")).length;
while (ready() < Number(writers));

const table = openLookupTable(join(folder, "table.csv"));
const pseudonyms: Record<string, string> = {};
for (let i = 0; i < Number(rows); i++) {
  // Every fifth patient is one of all writers; some names need quotation marks.
  const oldPatientId = i % 5 === 0 ? `shared "${i}"` : `${name},${i}`;
  // Of a few, so that different patients are often given the same.
  const make = () => `N${randomBytes(2).readUInt16BE() % 2000}`;
  const newPatientId = table.patientIdOf(oldPatientId, make);
  pseudonyms[oldPatientId] = newPatientId;
  const oldAccessionNumber = `${name} ${i}`;
  const row = { oldPatientId, newPatientId, oldAccessionNumber, newAccessionNumber: `new ${i}` };
  table.record(row);
  table.record(row);
}

const told = JSON.stringify(pseudonyms);
if (parentPort === null) process.stdout.write(told);
else parentPort.postMessage(told);
