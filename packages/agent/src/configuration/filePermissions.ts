/** What a file's status tells of who may use it. */
export interface FileAccess {
  /** The permission bits, for example 0o640. */
  mode: number;
  /** The owner's user id. */
  owner: number;
  /** Whether the file system is mounted read-only here, so that nobody on this machine can change the mode. */
  mountedReadOnly: boolean;
}

/** What is wrong with a file's permissions. FILE in `next` stands for its path. */
export interface PermissionProblem {
  reason: string;
  next: string;
}

/**
 * Why a secret's file is refused, undefined when it is not. `user` is who the agent runs as.
 *
 * - A file of the agent's own user must be closed to everybody else, as libpq demands of its password file: `chmod 600` is in the user's hand.
 * - A file of another user was given to the agent by a group, for example root's with 0640; it must be closed to all others.
 * - On a read-only mount whoever mounted it decided, and the agent's user could not change it: Kubernetes and Docker mount secrets this
 *   way, owned by root with 0644 or, with an fsGroup, 0440, into a container where nobody else is.
 */
export function secretFileProblem({ mode, owner, mountedReadOnly }: FileAccess, user: number): PermissionProblem | undefined {
  if (mountedReadOnly) return undefined;
  if (owner === user && (mode & 0o077) !== 0) {
    return { reason: "others than its owner may use this file, and it holds a secret", next: "chmod 600 FILE" };
  }
  if (owner !== user && (mode & 0o027) !== 0) {
    return {
      reason: "others than its owner and those who may read it by its group can use this file, and it holds a secret",
      next: "chmod 640 FILE, with a group that only the agent's user is in, or make the agent's user its owner and chmod 600 FILE",
    };
  }
  return undefined;
}

/**
 * Why libpq refuses the key of a client certificate, undefined when it does not. pg_dump makes this check itself, on a read-only mount too, so
 * it is made before anything begins. https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-CLIENTCERT
 */
export function clientKeyProblem({ mode, owner }: FileAccess, user: number): PermissionProblem | undefined {
  const forbidden = owner === 0 && user !== 0 ? 0o037 : 0o077;
  if ((mode & forbidden) === 0) return undefined;
  return {
    reason: "libpq refuses a client key that group or others may use",
    next: "chmod 600 FILE; in Kubernetes give the secret's volume defaultMode 0440 and the Pod an fsGroup, and run as another user than root",
  };
}
