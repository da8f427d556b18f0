import { testReadme } from "../../../vitest.readme.js";

testReadme(import.meta.url);
