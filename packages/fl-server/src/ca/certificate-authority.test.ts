import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientConnection } from "@dsail/fl-protocol";
import { nativeClientTransport, nativeServerTransport } from "@dsail/fl-protocol/native";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createCertificateAuthority,
  createRevocationList,
  issueCertificate,
  listCertificates,
  revokeCertificate,
} from "../ca.js";

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "dsail-ca-")), "ca");
});

afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), "utf8");
const certificate = (name: string) => new X509Certificate(read(name));
const badConfig = (text: string) =>
  expect.objectContaining({
    name: "FlError",
    code: "BAD_CONFIG",
    message: expect.stringContaining(text),
  });

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const openssl = (...args: readonly string[]) =>
  execFileSync("openssl", args, { encoding: "utf8", cwd: folder, timeout: 50_000 });

const HOSTS = ["fl.example.org", "127.0.0.1", "::1"];
const issueBoth = async () => {
  await createCertificateAuthority({ folder, name: "Heart study" });
  await issueCertificate({ folder, name: "server", kind: "server", hosts: HOSTS });
  await issueCertificate({ folder, name: "site-a", kind: "client" });
};

describe("an authority", () => {
  it("signs certificates whose chain, names, usage and keys are right", async () => {
    await issueBoth();
    const root = certificate("ca.crt");
    const [server, client] = [certificate("issued/server.crt"), certificate("issued/site-a.crt")];
    expect(root.ca).toBe(true);
    expect(root.subject).toBe("CN=Heart study");
    expect(root.verify(root.publicKey)).toBe(true);
    for (const [leaf, name] of [
      [server, "server"],
      [client, "site-a"],
    ] as const) {
      expect(leaf.ca).toBe(false);
      expect(leaf.subject).toBe(`CN=${name}`);
      expect(leaf.checkIssued(root)).toBe(true);
      expect(leaf.verify(root.publicKey)).toBe(true);
      expect(leaf.checkPrivateKey(createPrivateKey(read(`issued/${name}.key`)))).toBe(true);
      expect(leaf.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
      expect(leaf.serialNumber).toMatch(/^[4-7][\dA-F]{31}$/);
    }
    expect(server.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(client.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(server.subjectAltName).toBe(
      "DNS:fl.example.org, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    expect(client.subjectAltName).toBeUndefined();
    expect(new Set([root, server, client].map((c) => c.serialNumber)).size).toBe(3);
  });

  it.skipIf(!hasOpenssl)(
    "is believed by openssl, each certificate for its purpose alone",
    async () => {
      await issueBoth();
      const verify = (purpose: string, name: string) => {
        const purposes = ["-x509_strict", "-purpose", purpose, "-CAfile", "ca.crt"];
        try {
          return openssl("verify", ...purposes, `issued/${name}.crt`).trim();
        } catch {
          return "refused";
        }
      };
      expect(verify("sslserver", "server")).toBe("issued/server.crt: OK");
      expect(verify("sslclient", "site-a")).toBe("issued/site-a.crt: OK");
      expect(verify("sslclient", "server")).toBe("refused");
      expect(verify("sslserver", "site-a")).toBe("refused");
      const text = openssl("x509", "-in", "issued/site-a.crt", "-noout", "-text");
      expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
      expect(openssl("x509", "-in", "ca.crt", "-noout", "-text")).toMatch(/CA:TRUE, pathlen:0/);
      expect(openssl("ec", "-in", "issued/site-a.key", "-noout", "-text")).toMatch("prime256v1");
    },
  );

  it("backdates by an hour, and outlives what it issues", async () => {
    const now = new Date("2026-03-01T12:00:00Z");
    await createCertificateAuthority({ folder, days: 10, now });
    const { notAfter } = await issueCertificate({
      folder,
      name: "a",
      kind: "client",
      days: 400,
      now,
    });
    expect(notAfter).toBe("2026-03-11T12:00:00.000Z");
    expect(new Date(certificate("issued/a.crt").validTo).toISOString()).toBe(notAfter);
    expect(new Date(certificate("issued/a.crt").validFrom).toISOString()).toBe(
      "2026-03-01T11:00:00.000Z",
    );
    expect(new Date(certificate("ca.crt").validFrom).toISOString()).toBe(
      "2026-03-01T11:00:00.000Z",
    );
  });

  it.skipIf(process.platform === "win32")("keeps keys to one user", async () => {
    await issueBoth();
    for (const key of ["ca.key", "issued/server.key", "issued/site-a.key"]) {
      expect(statSync(join(folder, key)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("has its key encrypted, if there is a passphrase", async () => {
    const passphrase = "a long passphrase";
    await createCertificateAuthority({ folder, passphrase });
    expect(read("ca.key")).toMatch("BEGIN ENCRYPTED PRIVATE KEY");
    const issue = (given: object) =>
      issueCertificate({ folder, name: "a", kind: "client", ...given });
    await expect(issue({})).rejects.toEqual(badConfig("passphrase is needed"));
    await expect(issue({ passphrase: "another passphrase" })).rejects.toEqual(
      badConfig("can't be read with this passphrase"),
    );
    expect(readdirSync(join(folder, "issued"))).toEqual([]);
    await issue({ passphrase });
    expect(certificate("issued/a.crt").verify(certificate("ca.crt").publicKey)).toBe(true);
    expect(read("issued/a.key")).toMatch("BEGIN PRIVATE KEY");
  });

  it("overwrites nothing", async () => {
    await issueBoth();
    const before = read("ca.key") + read("issued/site-a.key");
    await expect(createCertificateAuthority({ folder })).rejects.toEqual(
      badConfig("not overwritten"),
    );
    const again = { folder, name: "site-a", kind: "client" } as const;
    await expect(issueCertificate(again)).rejects.toEqual(badConfig("revoke it, or replace it"));
    await expect(issueCertificate({ ...again, name: "SITE-A" })).rejects.toEqual(
      badConfig("replace"),
    );
    expect(read("ca.key") + read("issued/site-a.key")).toBe(before);
    expect(await listCertificates(folder)).toHaveLength(2);
  });

  it("replaces a certificate: the one before stays, and can be revoked", async () => {
    await issueBoth();
    const old = certificate("issued/site-a.crt").serialNumber;
    const next = await issueCertificate({ folder, name: "site-a", kind: "client", replace: true });
    expect(certificate("issued/site-a.crt").serialNumber).toBe(next.serialNumber);
    expect(certificate(`issued/site-a.${old}.crt`).serialNumber).toBe(old);
    expect(read(`issued/site-a.${old}.key`)).toMatch("PRIVATE KEY");
    const revoked = await revokeCertificate({ folder, name: "site-a" });
    expect(revoked.map(({ serialNumber }) => serialNumber)).toEqual([old, next.serialNumber]);
    // Whoever lost a key gets a new one.
    await issueCertificate({ folder, name: "site-a", kind: "client" });
    const states = (await listCertificates(folder)).map(({ name, state }) => `${name} ${state}`);
    expect(states).toEqual(["server valid", "site-a revoked", "site-a revoked", "site-a valid"]);
  });

  it("tells what is valid when", async () => {
    await issueBoth();
    const statesAt = async (days: number) => {
      const at = new Date(Date.now() + days * 86_400_000);
      return (await listCertificates(folder, at)).map(({ state }) => state);
    };
    expect(await statesAt(0)).toEqual(["valid", "valid"]);
    expect(await statesAt(366)).toEqual(["expired", "expired"]);
    expect(await statesAt(-1)).toEqual(["not yet valid", "not yet valid"]);
  });

  it("revokes what there is, once", async () => {
    await issueBoth();
    await revokeCertificate({ folder, name: "site-a" });
    for (const name of ["site-a", "site-b"]) {
      await expect(revokeCertificate({ folder, name })).rejects.toEqual(badConfig("to revoke"));
    }
  });

  it.each(["", "../a", "a/b", "a\\b", ".a", "a.", "a:b", "a\n", "ä", "-a", "x".repeat(65)])(
    "takes no name such as %j",
    async (name) => {
      await createCertificateAuthority({ folder });
      await expect(issueCertificate({ folder, name, kind: "client" })).rejects.toEqual(
        badConfig("name:"),
      );
      await expect(revokeCertificate({ folder, name })).rejects.toEqual(badConfig("name:"));
      expect(readdirSync(folder).sort()).toEqual([
        "ca.crt",
        "ca.key",
        "index.json",
        "issued",
        "revoked.json",
      ]);
    },
  );

  it("takes no options that can't be", async () => {
    await expect(createCertificateAuthority({ folder, passphrase: "short" })).rejects.toEqual(
      badConfig("passphrase"),
    );
    await expect(createCertificateAuthority({ folder, name: "\n" })).rejects.toEqual(
      badConfig("name"),
    );
    await expect(createCertificateAuthority({ folder, days: 0 })).rejects.toThrow(RangeError);
    await expect(issueCertificate({ folder, name: "a", kind: "client" })).rejects.toEqual(
      badConfig("begin with ca init"),
    );
    await createCertificateAuthority({ folder });
    const server = { folder, name: "s", kind: "server" } as const;
    await expect(issueCertificate(server)).rejects.toEqual(badConfig("hosts"));
    await expect(issueCertificate({ ...server, hosts: [] })).rejects.toEqual(badConfig("hosts"));
    for (const host of ["a b", "x:8443", "https://x", "-x.org", "", "a..b", "*"]) {
      await expect(issueCertificate({ ...server, hosts: [host] })).rejects.toEqual(
        badConfig("host:"),
      );
    }
    await expect(issueCertificate({ ...server, kind: "client", hosts: ["x"] })).rejects.toEqual(
      badConfig("hosts"),
    );
    await expect(issueCertificate({ ...server, hosts: ["x"], days: Number.NaN })).rejects.toThrow(
      RangeError,
    );
    writeFileSync(join(folder, ".lock"), "");
    await expect(issueCertificate({ ...server, hosts: ["x"] })).rejects.toEqual(
      badConfig("another command"),
    );
    rmSync(join(folder, ".lock"));
    writeFileSync(join(folder, "index.json"), "{}");
    await expect(listCertificates(folder)).rejects.toEqual(badConfig("broken"));
  });

  it("issues to several at once, or tells that it can't", async () => {
    await createCertificateAuthority({ folder });
    const all = await Promise.allSettled(
      ["a", "b", "c"].map((name) => issueCertificate({ folder, name, kind: "client" })),
    );
    const issued = all.filter(({ status }) => status === "fulfilled").length;
    expect(issued).toBeGreaterThan(0);
    expect(await listCertificates(folder)).toHaveLength(issued);
    for (const end of all)
      if (end.status === "rejected") expect(end.reason).toEqual(badConfig("at work"));
  });
});

describe("a list of what is revoked", () => {
  it("is read again when it has changed, at most once a second", async () => {
    await issueBoth();
    const path = join(folder, "revoked.json");
    let time = 0;
    const isRevoked = createRevocationList(path, () => time);
    const { serialNumber } = certificate("issued/site-a.crt");
    await revokeCertificate({ folder, name: "site-a" });
    time = 999;
    expect(isRevoked(serialNumber)).toBe(false);
    time = 1000;
    expect(isRevoked(serialNumber)).toBe(true);
    expect(isRevoked(serialNumber.toLowerCase())).toBe(true);
    expect(isRevoked(certificate("issued/server.crt").serialNumber)).toBe(false);
    // What is known stays so, whatever becomes of the file.
    writeFileSync(path, "{");
    time = 3000;
    expect(isRevoked(serialNumber)).toBe(true);
    rmSync(path);
    time = 5000;
    expect(isRevoked(serialNumber)).toBe(true);
  });

  it("has to be there, and to be one", async () => {
    await createCertificateAuthority({ folder });
    expect(() => createRevocationList(join(folder, "none.json"))).toThrow(
      badConfig("can't be read"),
    );
    expect(() => createRevocationList(join(folder, "index.json"))).toThrow(
      badConfig("can't be read"),
    );
  });
});

it("lets clients of the native transport in, until they are revoked", async () => {
  await issueBoth();
  const connected: ClientConnection[] = [];
  let time = 0;
  const server = nativeServerTransport({
    address: "127.0.0.1:0",
    tls: { cert: read("issued/server.crt"), key: read("issued/server.key"), ca: read("ca.crt") },
    isRevoked: createRevocationList(join(folder, "revoked.json"), () => time),
    graceMs: 3000,
  });
  const { address, close } = await server.listen({ onConnect: (c) => connected.push(c) });
  const client = nativeClientTransport({
    address,
    tls: {
      rootCertificates: read("ca.crt"),
      cert: read("issued/site-a.crt"),
      key: read("issued/site-a.key"),
    },
  });
  const ended = client.run(async ({ config }) => ({ kind: "getProperties", properties: config }));
  ended.catch(() => {});
  await expect.poll(() => connected.length).toBe(1);
  expect(connected[0]!.clientId).toBe("site-a");
  const ask = { kind: "getProperties", id: "1", config: { a: 1n } } as const;
  expect(await connected[0]!.request(ask)).toMatchObject({ properties: { a: 1n } });
  await revokeCertificate({ folder, name: "site-a" });
  time = 2000;
  await expect(ended).rejects.toMatchObject({
    code: "UNAUTHORIZED",
    message: expect.stringContaining("revoked"),
  });
  await close();
});
