import type { AgentConfig, ExitCode } from "@pgkeep/core";
import type { Delivery } from "./deliver.js";

type Form = AgentConfig["notify"]["heartbeat"]["form"];

/** What a ping tells. */
export type Ping = { kind: "start" } | { kind: "end"; exitCode: ExitCode } | { kind: "log" };

/**
 * The request of a ping, undefined where the form has none for it. `run` ties the pings of one run together; `text` is shown in the check's log.
 * See https://healthchecks.io/docs/http_api/: a failure is told by the exit code, `log` changes no state.
 */
export function heartbeatPing(url: URL, form: Form, ping: Ping, run: string, text: string): Delivery | undefined {
  if (form === "plain") return ping.kind === "end" && ping.exitCode === 0 ? { method: "GET", url } : undefined;
  const target = new URL(url);
  const end = suffix(ping);
  if (end !== "") target.pathname = `${target.pathname.replace(/\/+$/, "")}/${end}`;
  target.searchParams.set("rid", run);
  return { method: "POST", url: target, headers: { "content-type": "text/plain; charset=utf-8" }, body: text };
}

function suffix(ping: Ping): string {
  if (ping.kind !== "end") return ping.kind;
  return ping.exitCode === 0 ? "" : String(ping.exitCode);
}
