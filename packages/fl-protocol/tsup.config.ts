import { defineConfig } from "tsup";
import { library } from "../../tsup.shared.ts";

export default defineConfig(
  library({
    index: "src/index.ts",
    flower: "src/flower.ts",
    native: "src/native.ts",
    testing: "src/testing.ts",
  }),
);
