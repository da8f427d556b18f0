import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addCaCommands } from "./ca-commands.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsail-ca-commands-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Runs a command, and gives what it wrote. */
async function ca(...args: readonly string[]): Promise<string> {
  let written = "";
  const write = (text: string) => {
    written += text;
  };
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
  addCaCommands(program, { out: { write } });
  await program.parseAsync(["ca", ...args], { from: "user" });
  return written;
}

describe("dsail-fl-server ca", () => {
  it("creates, issues, revokes and lists", async () => {
    const at = join(folder, "ca");
    expect(await ca("init", at, "--name", "Heart study", "--days", "100")).toMatch("ca.key");
    const hosts = ["--host", "fl.example.org", "127.0.0.1"];
    const told = await ca("issue", at, "server", "--kind", "server", ...hosts);
    expect(told).toMatch(join(at, "issued", "server.crt"));
    await ca("issue", at, "site-a", "--kind", "client", "--days", "2");
    const pem = readFileSync(join(at, "issued", "site-a.crt"));
    const { serialNumber, validTo } = new X509Certificate(pem);
    expect(Date.parse(validTo) - Date.now()).toBeLessThan(2 * 86_400_000 + 1000);
    expect(await ca("revoke", at, "site-a")).toBe(`revoked ${serialNumber}\n`);
    const lines = (await ca("list", at)).trim().split("\n");
    expect(lines.map((line) => line.split("\t").slice(0, 3))).toEqual([
      ["server", "server", "valid"],
      ["site-a", "client", "revoked"],
    ]);
    expect(JSON.parse(await ca("list", at, "--json"))).toMatchObject([
      { name: "server", hosts: ["fl.example.org", "127.0.0.1"] },
      { name: "site-a", serialNumber, state: "revoked" },
    ]);
    await expect(ca("issue", at, "server", "--kind", "server", ...hosts)).rejects.toMatchObject({
      code: "BAD_CONFIG",
    });
    expect(await ca("issue", at, "server", "--kind", "server", ...hosts, "--replace")).toMatch(
      "serial",
    );
  });

  it("takes the passphrase from a file or the environment", async () => {
    const file = join(folder, "passphrase");
    writeFileSync(file, "a long passphrase\n");
    const at = join(folder, "ca");
    await ca("init", at, "--passphrase-file", file);
    expect(readFileSync(join(at, "ca.key"), "utf8")).toMatch("ENCRYPTED");
    const issue = (name: string) => ca("issue", at, name, "--kind", "client");
    await expect(issue("a")).rejects.toMatchObject({ code: "BAD_CONFIG" });
    vi.stubEnv("DSAIL_CA_PASSPHRASE", "a long passphrase");
    await issue("a");
    vi.stubEnv("DSAIL_CA_PASSPHRASE", "");
    await expect(issue("b")).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });

  it.each([
    [["issue", "x", "a"]],
    [["issue", "x", "a", "--kind", "peer"]],
    [["init"]],
    [["init", "x", "--days", "-1"]],
    [["list", "x", "y"]],
  ])("takes no arguments such as %j", async (args) => {
    await expect(ca(...args)).rejects.toThrow(CommanderError);
  });
});
