import { html as template } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** HTML in which every text is escaped. */
export type Html = HtmlEscapedString;

/** What may stand in a template: texts, which are escaped, and HTML, which is so already. */
export type Content = string | number | Html | null | undefined | readonly Content[];

/** HTML from a template; only what stands in the source itself is taken as HTML. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  const result = template(strings, ...values);
  // Only promises among the values make a promise, and the type admits none.
  if (result instanceof Promise) throw new TypeError("a template held a promise");
  return result;
}
