import { ExitCode, type Problem } from "@pgkeep/core";

/** What an error means, in words for the user, and the exit code it leads to. */
export type Explanation = readonly [ExitCode, Pick<Problem, "reason" | "next">];

export const explain = (exitCode: ExitCode, reason: string, next: string): Explanation => [exitCode, { reason, next }];

export const UNREACHABLE = explain(
  ExitCode.Unavailable,
  "the store cannot be reached, or the connection to it was lost, and several tries did not help",
  "check store.endpoint, the network and whether the server runs; then run it again",
);
export const BUSY = explain(
  ExitCode.Unavailable,
  "the store is overloaded or failing, and it stayed so over several tries",
  "run it again later; nothing appeared under this name",
);
const UNKNOWN_HOST = explain(
  ExitCode.Unavailable,
  "the name of the store's host is not known",
  "check store.url, store.account and store.endpoint, and the name server",
);
const UNTRUSTED = explain(
  ExitCode.Configuration,
  "the server's certificate is not trusted",
  "correct store.endpoint, or name the file of its authority in NODE_EXTRA_CA_CERTS",
);

/** Codes of errors that Node gives where no answer came. */
export const CONNECTION_ERRORS: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  ECONNABORTED: UNREACHABLE,
  EPIPE: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ERR_STREAM_PREMATURE_CLOSE: UNREACHABLE,
  CERT_HAS_EXPIRED: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  EPROTO: explain(
    ExitCode.Configuration,
    "the server does not answer in TLS",
    "check whether store.endpoint should begin with http:// or another port",
  ),
};
