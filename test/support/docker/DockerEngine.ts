import { request } from "node:http";

/** What the Engine answered that is no success; the message is its own. */
export class DockerProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The Docker Engine API over a Unix socket: https://docs.docker.com/engine/api/v1.41/. Node's own HTTP client speaks it; of what a library adds
 * (TLS, SSH, attached streams, builds) nothing is used here.
 */
export class DockerEngine {
  constructor(private readonly socket: string) {}

  /** undefined where there is no such thing. */
  async find<Answer>(path: string): Promise<Answer | undefined> {
    try {
      return await this.send<Answer>("GET", path);
    } catch (error) {
      if (error instanceof DockerProblem && error.status === 404) return undefined;
      throw error;
    }
  }

  post<Answer>(path: string, body?: object): Promise<Answer> {
    return this.send("POST", path, body === undefined ? undefined : { type: "application/json", bytes: Buffer.from(JSON.stringify(body)) });
  }

  async delete(path: string): Promise<void> {
    await this.send("DELETE", path);
  }

  /** Makes an image of an archive of its files; its id. */
  async importImage(archive: Buffer): Promise<string> {
    const body = { type: "application/x-tar", bytes: archive };
    const { status } = await this.send<{ status: string }>("POST", "/images/create?fromSrc=-", body);
    return status;
  }

  private send<Answer>(method: string, path: string, body?: { type: string; bytes: Buffer }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": body.type, "content-length": body.bytes.length };
      // Without an agent: a connection kept open would keep this process from ending.
      const sent = request({ socketPath: this.socket, method, path: `/v1.41${path}`, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const text = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status < 400) resolve(parsed(text) as Answer);
          else reject(new DockerProblem(status, messageOf(text)));
        });
      });
      sent.once("error", reject);
      sent.end(body?.bytes);
    });
  }
}

function parsed(text: string): unknown {
  return text.trimStart().startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text;
}

function messageOf(text: string): string {
  const answer = parsed(text);
  return typeof answer === "object" && answer !== null && "message" in answer ? String(answer.message) : text;
}
