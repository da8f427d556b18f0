import { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { addClientFlags, type ClientFlags, clientFlagsOf } from "./client-flags.js";
import { flClientOptionsOf } from "./fl-client-options-of.js";

afterEach(() => void vi.unstubAllEnvs());

function flagsOf(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ClientFlags {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const command = new Command("test").version("1").exitOverride();
  addClientFlags(command);
  command.parse(["--server", "h:1", "--data-path", "x", ...args], { from: "user" });
  return clientFlagsOf(command);
}

describe("the environment", () => {
  it("has every option, those without a value too", () => {
    const flags = flagsOf([], {
      ...{ DSAIL_FL_IMAGE_SIZE: "28", DSAIL_FL_GREY: "1", DSAIL_FL_AUGMENT: "true" },
      ...{ DSAIL_FL_BEST_WEIGHTS: "1", DSAIL_FL_JSON: "1", DSAIL_FL_INSECURE: "any-address" },
      ...{ DSAIL_FL_NO_DP: "1", DSAIL_FL_NO_PROGRESS: "1", DSAIL_FL_CLASS_WEIGHTS: "1,4" },
      DSAIL_FL_VERSION: "0.1.0",
    });
    expect(flags).toMatchObject({
      ...{ imageSize: 28, grey: true, augment: true, bestWeights: true, json: true },
      ...{ insecure: "any-address", dp: false, progress: false, classWeights: [1, 4] },
    });
  });

  it("may say no, and what is on the command line comes before it", () => {
    const environment = { DSAIL_FL_GREY: "0", DSAIL_FL_NO_DP: "false", DSAIL_FL_AUGMENT: "" };
    const flags = flagsOf(["--insecure"], { ...environment, DSAIL_FL_INSECURE: "any-address" });
    expect(flags).toMatchObject({ dp: true, progress: true, insecure: true });
    expect(flags.grey ?? flags.augment).toBeUndefined();
  });

  it("is refused for what is neither yes nor no", () => {
    expect(() => flagsOf([], { DSAIL_FL_GREY: "perhaps" })).toThrow(
      "DSAIL_FL_GREY: expected 1, 0 or nothing",
    );
  });
});

describe("options of the library", () => {
  it("are those of the images' check, and of the classes' weights", () => {
    const { check, unreadable, classWeights } = flClientOptionsOf(
      flagsOf(["--check", "header", "--unreadable", "skip", "--class-weights", "1,4"]),
      undefined,
    );
    expect({ check, unreadable, classWeights }).toEqual({
      ...{ check: "header", unreadable: "skip", classWeights: [1, 4] },
    });
    const usual = flClientOptionsOf(flagsOf([]), undefined);
    expect(usual).toMatchObject({ check: "decode", unreadable: "refuse" });
    expect(usual.classWeights).toBeUndefined();
  });
});
