import type { PlainProperties, PlainValue } from "../wireValues.js";

export function mapOf(value: PlainValue | undefined): PlainProperties {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
