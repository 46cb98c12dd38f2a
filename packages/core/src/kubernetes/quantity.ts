const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** How much of something a container gets, for messages. */
export const QUANTITY_FORM = "a number and a unit (k, M, G, T, Ki, Mi, Gi, Ti), for example 512Mi";

/**
 * Reads a quantity of memory or storage as Kubernetes writes it, in bytes; undefined for none. Its unit `m`, for thousandths, which makes a container of
 * less than one byte out of `512m`, is left out on purpose (https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory).
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)([kMGT]?|[KMGT]i)$/.exec(text);
  const bytes = Math.ceil(Number(match?.[1]) * (UNITS[match?.[2] ?? ""] ?? Number.NaN));
  return match && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** Whether Kubernetes reads a text as so much CPU: cores, or thousandths of one (`100m`). */
export function isCpuQuantity(text: string): boolean {
  return /^(?:[1-9]\d{0,5}m|\d{1,4}(?:\.\d{1,3})?)$/.test(text) && !/^0+(?:\.0+)?$/.test(text);
}
