/**
 * A worker that runs the TypeScript source it is given: `--import tsx` reaches no thread of Node 20.
 */
import { tsImport } from "tsx/esm/api";

await tsImport(process.argv[2], import.meta.url);
