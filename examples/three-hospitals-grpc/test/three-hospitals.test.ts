/**
 * The example as `npm start` runs it, and then what compose.yaml says, in processes in the place of containers.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { temporaryFolder } from "../../../vitest.temporary-folder.ts";
import { runExample } from "../../run-example.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const HEALTHCHECK = fileURLToPath(new URL("../healthcheck.mjs", import.meta.url));
const require = createRequire(import.meta.url);

/** What is used of a service. */
interface Service {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly volumes: readonly string[];
  readonly build: { readonly dockerfile: string; readonly target: string };
}

const { services } = parse(readFileSync(join(folder, "compose.yaml"), "utf8"), {
  merge: true,
}) as { readonly services: Readonly<Record<string, Service>> };
const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");

it("trains in four processes, and again as compose.yaml has it", { timeout: 240_000 }, async () => {
  const root = temporaryFolder();
  const [output, secret] = [join(root, "output"), join(root, "secret")];
  const sizes = ["--per-digit", "150", "--rounds", "4"];
  const { status, stdout, stderr } = await runExample(import.meta.url, [output, secret, ...sizes]);
  expect(stderr).toBe("");
  expect(status, stdout).toBe(0);
  expect(stdout).toMatch(/^server +round 4 of 4: 3 results, 0 failures/m);
  expect(stdout.match(/^hospital-\d +ended, completed/gm)).toHaveLength(3);
  // Few images; by chance it would be 0.1.
  expect(Number(/no hospital has: ([0-9.]+)/.exec(stdout)?.[1])).toBeGreaterThan(0.6);
  expect(existsSync(join(output, "models", "round-4-weights.npz"))).toBe(true);
  expect(readdirSync(join(output, "hospital-1-records"))).toContain("matrix.svg");

  const server = start("server", root, {
    DSAIL_FL_ADDRESS: "localhost:0",
    DSAIL_FL_NUM_ROUNDS: "1",
  });
  const port = await server.portOf();
  const address = `localhost:${port}`;
  expect(await healthcheck({ DSAIL_FL_SERVER: address })).toBe(0);
  const names = Object.keys(services).filter((name) => name !== "server");
  expect(names).toEqual(["hospital-1", "hospital-2", "hospital-3"]);
  // One without a certificate is kept out, and those with one are let in.
  const stranger = start("hospital-1", root, { DSAIL_FL_SERVER: address }, [
    "DSAIL_FL_TLS_CERT",
    "DSAIL_FL_TLS_KEY",
  ]);
  expect(await stranger.ended).not.toBe(0);
  const hospitals = names.map((name) => start(name, root, { DSAIL_FL_SERVER: address }));
  for (const { ended, said } of [...hospitals, server]) expect(await ended, said()).toBe(0);
  for (const { said } of hospitals) expect(said()).toMatch(/^lenet5, 28 x 28 x 1, 10 classes/m);
  expect(server.said()).toMatch(/round 1 of 1: 3 results, 0 failures/);
  expect(await healthcheck({ DSAIL_FL_SERVER: address })).toBe(1);
  for (const name of names) {
    const ledger = readFileSync(join(output, `${name}-records`, "ledger.jsonl"), "utf8");
    expect(ledger.trim().split("\n").length).toBeGreaterThan(1);
  }
});

it("mounts what is there, and builds from what is there", () => {
  for (const [name, { build, volumes }] of Object.entries(services)) {
    expect(build.target).toBe(name === "server" ? "server" : "client");
    expect(existsSync(join(folder, "../..", build.dockerfile))).toBe(true);
    // Of the secrets, none but its own.
    const keys = volumes.filter((volume) => volume.includes(".key"));
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatch(new RegExp(`/${name}\\.key:/certificates/\\w+\\.key:ro$`));
  }
  const ignored = readFileSync(join(folder, "Dockerfile.dockerignore"), "utf8").split("\n");
  for (const path of ignored.filter((line) => line.startsWith("!"))) {
    expect(existsSync(join(folder, "../..", path.slice(1))), path).toBe(true);
  }
  for (const [, path] of dockerfile.matchAll(/^COPY (?!--from)(\S+\.mjs) /gm)) {
    expect(existsSync(join(folder, "../..", path!))).toBe(true);
  }
  const last = dockerfile.slice(dockerfile.indexOf("AS program"));
  expect(last).toMatch(/^USER [1-9]\d*$/m);
});

/** A service without its container: the mounted paths are those of `root`. */
function start(
  name: string,
  root: string,
  overrides: Readonly<Record<string, string>>,
  without: readonly string[] = [],
) {
  const { environment, volumes, build } = services[name]!;
  const mounts = volumes.map((volume) => volume.split(":") as [string, string]);
  const local = (value: string): string => {
    const mount = mounts.find(([, inside]) => value === inside || value.startsWith(`${inside}/`));
    return mount === undefined ? value : join(root, mount[0]) + value.slice(mount[1].length);
  };
  for (const [outside] of mounts) statSync(join(root, outside));
  const entries = Object.entries({ ...environment, ...overrides })
    .filter(([key]) => !without.includes(key))
    .map(([key, value]) => [key, local(String(value))]);
  const source = require.resolve(`@dsail/fl-${build.target}/package.json`);
  const cli = source.replace(/package\.json$/, "src/cli.ts");
  const child = run(
    [require.resolve("tsx/cli"), "--conditions=@dsail/source", cli],
    Object.fromEntries(entries) as Record<string, string>,
  );
  let text = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const portOf = () =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const port = /listening on \S+:(\d+) /.exec(text)?.[1];
        if (port !== undefined) resolve(port);
      };
      child.stdout!.on("data", look);
      void ended.then(() => reject(new Error(text)));
      look();
    });
  return { ended, said: () => text, portOf };
}

/** The exit code of healthcheck.mjs, as the client's container runs it. */
function healthcheck(environment: Readonly<Record<string, string>>): Promise<number | null> {
  const child = run([HEALTHCHECK], environment);
  return new Promise((resolve) => child.once("close", resolve));
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill());
  return child;
}
