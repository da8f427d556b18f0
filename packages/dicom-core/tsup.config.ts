import { defineConfig } from "tsup";
import { library } from "../../tsup.shared.ts";

export default defineConfig(
  library({
    index: "src/index.ts",
    node: "src/node.ts",
    "pixel-data/index": "src/pixel-data/index.ts",
    tags: "src/tags.ts",
    "dictionary/index": "src/dictionary/index.ts",
    "adapters/dicom-parser": "src/adapters/dicom-parser.ts",
    "codec-worker": "src/codec-worker.ts",
    "adapters/dcmjs": "src/adapters/dcmjs.ts",
  }),
);
