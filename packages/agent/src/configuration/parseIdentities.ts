import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { Decrypter } from "age-encryption";

/**
 * The identities in an age identity file: one a line, comments and empty lines left out. Throws a ProblemError that never repeats a line, for
 * even a damaged identity is a secret. `where` is the setting that gave the text.
 */
export function parseIdentities(text: string, where: string): string[] {
  if (/^-----BEGIN AGE ENCRYPTED FILE-----|^age-encryption\.org\//m.test(text)) {
    throw wrong(where, {
      reason: "these identities are encrypted with a passphrase, which nobody types at night",
      next: "decrypt them: age -d FILE",
    });
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const numbered = lines.map((line, index) => ({ line, number: index + 1 })).filter(({ line }) => line !== "" && !line.startsWith("#"));
  if (numbered.length === 0) throw wrong(where, { reason: "there is no identity in it", next: "make one: age-keygen -o FILE" });
  const problems = numbered.flatMap(({ line, number }) => {
    const problem = identityProblem(line);
    return problem ? [{ ...problem, reason: `line ${number}: ${problem.reason}` }] : [];
  });
  if (problems.length > 0) throw wrong(where, ...problems);
  return numbered.map(({ line }) => line);
}

type IdentityProblem = Pick<Problem, "reason" | "next">;

function identityProblem(line: string): IdentityProblem | undefined {
  if (line.startsWith("age1")) {
    return {
      reason: "this is a public key; decryption needs the identity that belongs to it",
      next: "the public key goes into encryption.recipients",
    };
  }
  if (/^AGE-PLUGIN-/i.test(line)) {
    return {
      reason: "this identity needs a plugin program, which the agent does not have",
      next: "use an identity that begins with AGE-SECRET-KEY-",
    };
  }
  if (/BEGIN [A-Z ]*PRIVATE KEY/.test(line)) {
    return { reason: "SSH and PEM keys are not supported", next: "make an age identity: age-keygen -o FILE" };
  }
  try {
    new Decrypter().addIdentity(line);
    return undefined;
  } catch {
    return {
      reason: "this is not an age identity, or a character of it was lost or mistyped",
      next: "copy it again from where it is kept",
    };
  }
}

function wrong(where: string, ...problems: IdentityProblem[]): ProblemError {
  const allowed = "age identities as `age-keygen` writes them, one a line; they begin with AGE-SECRET-KEY-";
  return new ProblemError(
    ExitCode.Configuration,
    problems.map((problem) => ({ where, allowed, ...problem })),
  );
}
