/** How progress is told: `terminal` with bars, `plain` lines, or `json` lines for whatever collects a container's output. */
export type LogFormat = "terminal" | "plain" | "json";

/**
 * What suits a stream where the user said `auto`: a terminal gets bars; in a container JSON lines; everything else, a file or cron's mail,
 * plain lines. A container is known by what Kubernetes sets in every Pod, or by `container`, which systemd, Podman and our own image set.
 */
export function chooseLogFormat(
  asked: "auto" | "plain" | "json",
  stream: NodeJS.WritableStream,
  environment: NodeJS.ProcessEnv,
): LogFormat {
  if (asked !== "auto") return asked;
  if ((stream as Partial<NodeJS.WriteStream>).isTTY === true) return environment.TERM === "dumb" ? "plain" : "terminal";
  return environment.KUBERNETES_SERVICE_HOST || environment.container ? "json" : "plain";
}
