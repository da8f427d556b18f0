/**
 * De-identifies a folder with dcmjs's own `cleanTags`, to be timed against. One file after the other, as its users do.
 *
 *   node bench/dcmjs-anonymize.mjs INPUT OUTPUT
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import dcmjs from "dcmjs";

dcmjs.log.setLevel("silent");
const [input, output] = process.argv.slice(2);
mkdirSync(output, { recursive: true });
for (const name of readdirSync(input)) {
  const bytes = readFileSync(join(input, name));
  const file = dcmjs.data.DicomMessage.readFile(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  dcmjs.anonymizer.cleanTags(file.dict);
  writeFileSync(join(output, name), Buffer.from(file.write()));
}
