/**
 * One file by dcmjs's own `cleanTags`.
 *
 *     node test/corpus/one-file-by-dcmjs.mjs INPUT OUTPUT
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import dcmjs from "dcmjs";

dcmjs.log.setLevel("silent");
const [input, output] = process.argv.slice(2);
const bytes = readFileSync(input);
const file = dcmjs.data.DicomMessage.readFile(
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
);
dcmjs.anonymizer.cleanTags(file.dict);
writeFileSync(output, Buffer.from(file.write()));
