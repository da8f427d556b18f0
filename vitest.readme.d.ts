/**
 * Makes a test of each `ts` block of `../README.md`. It has to end without an error, and to have printed something.
 *
 * @param test - `import.meta.url` of the test, beside which the examples are put, so that their imports resolve as those of
 * a user would
 */
export declare function testReadme(test: string): void;
