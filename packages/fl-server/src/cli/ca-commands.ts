/**
 * `dsail-fl-server ca`: the certificates of a federation. (It loads what makes them only when it is used.)
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { FlError } from "@dsail/fl-protocol";
import { type Command, InvalidArgumentError, Option } from "commander";

/** Where the commands write. */
export interface CaStreams {
  readonly out: { write(text: string): unknown };
}

interface KeyFlags {
  readonly passphraseFile?: string;
}

interface InitFlags extends KeyFlags {
  readonly name?: string;
  readonly days?: number;
}

interface IssueFlags extends KeyFlags {
  readonly kind: "server" | "client";
  readonly host?: readonly string[];
  readonly days?: number;
  readonly replace?: true;
}

/** The variable of the environment that may hold the passphrase. */
const PASSPHRASE = "DSAIL_CA_PASSPHRASE";

/**
 * Adds `ca init`, `ca issue`, `ca revoke` and `ca list`. Their errors are `FlError`, `RangeError`, and those of the file
 * system.
 */
export function addCaCommands(program: Command, { out }: CaStreams): void {
  const ca = program.command("ca").description("the certificates of a federation");

  const passphraseFile = () =>
    new Option(
      "--passphrase-file <file>",
      `encrypts the key of the authority (or the variable ${PASSPHRASE})`,
    );
  const days = (fallback: number) =>
    new Option("--days <number>", `how long it is valid (default: ${fallback})`).argParser(
      positive,
    );

  ca.command("init <folder>")
    .description("create an authority")
    .option("--name <name>", "what people call it")
    .addOption(days(3650))
    .addOption(passphraseFile())
    .action(async (folder: string, { name, days: valid, ...flags }: InitFlags) => {
      const { createCertificateAuthority } = await import("../ca/certificate-authority.js");
      const passphrase = passphraseOf(flags);
      await createCertificateAuthority({
        folder,
        ...(name !== undefined && { name }),
        ...(valid !== undefined && { days: valid }),
        ...(passphrase !== undefined && { passphrase }),
      });
      out.write("created. ca.crt is for everybody; keep ca.key where nobody else comes.\n");
    });

  ca.command("issue <folder> <name>")
    .description("issue a certificate; of a client the name is its id")
    .addOption(
      new Option("--kind <kind>", "what it is for")
        .choices(["server", "client"])
        .makeOptionMandatory(),
    )
    .option("--host <host...>", "names and addresses under which a server is reached")
    .addOption(days(365))
    .option("--replace", "even if there is a valid one, which stays valid")
    .addOption(passphraseFile())
    .action(async (folder: string, name: string, flags: IssueFlags) => {
      const { issueCertificate } = await import("../ca/certificate-authority.js");
      const { kind, host, days: valid, replace } = flags;
      const passphrase = passphraseOf(flags);
      const issued = await issueCertificate({
        folder,
        name,
        kind,
        ...(host !== undefined && { hosts: host }),
        ...(valid !== undefined && { days: valid }),
        ...(replace !== undefined && { replace }),
        ...(passphrase !== undefined && { passphrase }),
      });
      const { certificatePath, keyPath, serialNumber, notAfter } = issued;
      out.write(
        `${certificatePath}\n${keyPath}\nserial ${serialNumber}, valid until ${notAfter}\n`,
      );
    });

  ca.command("revoke <folder> <name>")
    .description("revoke the certificates of a name")
    .action(async (folder: string, name: string) => {
      const { revokeCertificate } = await import("../ca/certificate-authority.js");
      for (const { serialNumber } of await revokeCertificate({ folder, name })) {
        out.write(`revoked ${serialNumber}\n`);
      }
    });

  ca.command("list <folder>")
    .description("what was issued")
    .option("--json", "as JSON")
    .action(async (folder: string, { json }: { readonly json?: true }) => {
      const { listCertificates } = await import("../ca/certificate-authority.js");
      const all = await listCertificates(folder);
      if (json === true) {
        out.write(`${JSON.stringify(all)}\n`);
        return;
      }
      for (const { name, kind, state, notAfter, serialNumber } of all) {
        out.write(`${name}\t${kind}\t${state}\tuntil ${notAfter}\t${serialNumber}\n`);
      }
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("a number above 0 is expected");
  return value;
}

/** @throws {@link FlError} `BAD_CONFIG` for an empty one: it was meant to be there */
function passphraseOf({ passphraseFile }: KeyFlags): string | undefined {
  const given =
    passphraseFile === undefined
      ? process.env[PASSPHRASE]
      : readFileSync(passphraseFile, "utf8").replace(/\r?\n$/, "");
  if (given === "") throw new FlError("BAD_CONFIG", "the passphrase is empty");
  return given;
}
