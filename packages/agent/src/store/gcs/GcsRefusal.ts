/** An answer by which the server refuses. */
export class GcsRefusal extends Error {
  override readonly name = "GcsRefusal";
  constructor(
    readonly status: number,
    /** The server's own word, for example `conditionNotMet`; empty where it gives none. */
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/** The refusal in an answer, whose body is JSON where Google itself answers. */
export function refusalOf(status: number, body: string): GcsRefusal {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: string; errors?: { reason?: string }[] } };
    if (error) return new GcsRefusal(status, error.errors?.[0]?.reason ?? "", error.message ?? "");
  } catch {
    // Words of a proxy, or of the upload's own server.
  }
  return new GcsRefusal(status, "", body.replace(/\s+/g, " ").trim().slice(0, 200));
}

/** HTTP status of a server's refusal, undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof GcsRefusal ? error.status : undefined;
}

/** Whether what was asked of is not there, or not any more. 499 is how Google calls an upload that was cancelled. */
export function isGone(error: unknown): boolean {
  return [404, 410, 499].includes(statusOf(error) ?? 0);
}
