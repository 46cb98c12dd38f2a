/** Labels that a series must have, by their values. */
export type MetricLabels = Readonly<Record<string, string>>;

/** A metric in PromQL, of what a scope names: `up{job="shop",namespace="db"}`. */
export function metricSelector(metric: string, ...labels: readonly MetricLabels[]): string {
  // PromQL reads a text in double quotes with the escapes of Go, of which those of JSON are a part.
  const matchers = Object.entries(Object.assign({}, ...labels) as MetricLabels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(",")}}`;
}

/** How old what a timestamp tells is, in seconds. */
export function ageOf(timestamp: string): string {
  return `time() - ${timestamp}`;
}

/** The same, and nothing where there never was any: a graph would have no scale for it. */
export function ageIfAny(timestamp: string): string {
  return `time() - (${timestamp} > 0)`;
}
