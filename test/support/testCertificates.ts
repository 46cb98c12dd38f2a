import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { giveToServerAccount } from "./serverAccount.js";

/** Files of a private authority and of a server's certificate that it signed. */
export interface TestCertificates {
  /** The authority's certificate, for sslrootcert. */
  authority: string;
  authorityKey: string;
  certificate: string;
  key: string;
  remove(): void;
}

/** Makes an authority and a certificate for a name or address with openssl; `days` below zero makes one that has expired. */
export function makeCertificates(subjectAlternativeName: string, days = 2): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-tls-"));
  giveToServerAccount(folder);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  writeFileSync(join(folder, "extensions"), `subjectAltName=${subjectAlternativeName}`);
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
    "-subj",
    "/CN=pgkeep test authority",
    "-days",
    "2",
  );
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=pgkeep test server");
  const signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", String(days), "-extfile", "extensions"];
  openssl("x509", "-req", "-in", "server.csr", "-out", "server.crt", ...signing);
  for (const name of ["server.crt", "server.key", "ca.crt", "ca.key"]) giveToServerAccount(join(folder, name));
  return {
    authority: join(folder, "ca.crt"),
    authorityKey: join(folder, "ca.key"),
    certificate: join(folder, "server.crt"),
    key: join(folder, "server.key"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
