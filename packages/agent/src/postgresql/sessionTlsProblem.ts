import { type Connection, ExitCode, type Problem, rdsEndpointRegion } from "@pgkeep/core";
import { OTHER_RDS_AUTHORITIES } from "../configuration/rdsAuthoritiesProblem.js";
import { serverAddress } from "./serverAddress.js";

/** What is wrong with TLS; undefined when it is something else. */
export function explainTls(connection: Connection, state: string, message: string): [ExitCode, Problem] | undefined {
  const received = `${connection.sslMode}, authorities from ${connection.sslRootCertificate ?? "system"}`;
  if (message === "The server does not support SSL connections") {
    return [
      ExitCode.Configuration,
      {
        where: "connection.sslmode",
        received: connection.sslMode,
        reason: `${serverAddress(connection)} does not speak TLS`,
        next: "turn on ssl in the server; only on a network that nobody else can listen to, set sslmode to disable",
      },
    ];
  }
  if (state === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return [
      ExitCode.Configuration,
      {
        where: "connection.host",
        received: connection.host,
        reason: `the server's certificate is for another name: ${message}`,
        next: "connect by a name that the certificate holds, or have one issued for this name; verify-ca skips this check and with it the protection against an impostor",
      },
    ];
  }
  const chain: Record<string, string> = {
    CERT_HAS_EXPIRED: "the server's certificate has expired",
    CERT_NOT_YET_VALID: "the server's certificate is not valid yet; one of the two clocks may be wrong",
    DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by itself and not by a trusted authority",
    SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate comes from an authority that is not trusted here",
    UNABLE_TO_GET_ISSUER_CERT: "the server's certificate comes from an authority that is not trusted here",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate comes from an authority that is not trusted here",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate comes from an authority that is not trusted here",
    CERT_UNTRUSTED: "the server's certificate comes from an authority that is not trusted here",
    CERT_REVOKED: "the server's certificate was revoked",
  };
  const reason = chain[state];
  if (reason !== undefined) {
    return [
      ExitCode.Configuration,
      {
        where: "connection.sslrootcert",
        received,
        reason,
        allowed:
          "a certificate of an authority that sslrootcert names (or of the machine's store, with `system`; or of Amazon RDS, with `rds`)",
        next: state.includes("EXPIRED") || state.includes("VALID") ? "renew the server's certificate" : otherAuthorities(connection),
      },
    ];
  }
  if (state.startsWith("ERR_SSL") || state.startsWith("ERR_OSSL") || state.startsWith("ERR_TLS")) {
    return [
      ExitCode.Configuration,
      {
        where: "connection.sslmode",
        received,
        reason: `the TLS handshake failed: ${message}`,
        next: "check the server's TLS settings, and sslcert and sslkey where client certificates are used",
      },
    ];
  }
  return undefined;
}

function otherAuthorities({ host, sslRootCertificate }: Connection): string {
  const file = "give the file with the authority's certificate as sslrootcert";
  const endpoint = rdsEndpointRegion(host) !== undefined;
  if (sslRootCertificate === "rds") {
    return endpoint ? OTHER_RDS_AUTHORITIES : `for a server of Amazon RDS ${OTHER_RDS_AUTHORITIES}; for any other server ${file}`;
  }
  return endpoint ? "write sslrootcert: rds, or leave it out: the authorities of Amazon RDS come with the agent" : file;
}
