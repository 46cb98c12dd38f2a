import { Verdict } from "@pgkeep/core";
import { printable } from "../../terminal/printable.js";
import { type Content, type Html, html } from "../html.js";

/** A name from elsewhere: in its own direction of writing, and with nothing in it that could turn the text around. */
export function name(text: string): Html {
  return html`<bdi>${printable(text)}</bdi>`;
}

/** An id, a key or a path, which may be broken anywhere. */
export function code(text: string): Html {
  return html`<code><bdi>${printable(text)}</bdi></code>`;
}

/** A text whose parts between backticks are code. */
export function withCode(text: string): Content {
  return text.split("`").map((part, index) => (index % 2 === 1 ? code(part) : printable(part)));
}

/** Said by words and by a sign, so that it reads without colour too. */
export function badge(verdict: Verdict): Html {
  const [style, sign] = {
    [Verdict.Pass]: ["pass", "✓"],
    [Verdict.Fail]: ["fail", "✕"],
    [Verdict.CouldNotVerify]: ["open", "?"],
  }[verdict] as [string, string];
  return html`<span class="badge ${style}"><span aria-hidden="true">${sign}</span> ${verdict.replaceAll("_", " ")}</span>`;
}

/** To the minute, in UTC. */
export function time(iso: string | Date): Html {
  const text = typeof iso === "string" ? iso : iso.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace("T", " ")} UTC</time>`;
}

/** On one line where there is room: an amount with its unit, an id. */
export function whole(text: Content): Html {
  return html`<span class="whole">${text}</span>`;
}

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? one : many}`;
}
