import { isDeepStrictEqual } from "node:util";
import type { PropertyRule } from "./ResourceKind.js";
import { containsUnknown, isZero, type PlainProperties, type PlainValue } from "./wireValues.js";

export interface Difference {
  /** As the engine writes paths: `spec.containers[0].image`, `labels["app.kubernetes.io/name"]`. */
  path: string;
  kind: "add" | "update" | "delete";
  replace: boolean;
}

type Rules = Readonly<Record<string, PropertyRule>>;
type Step = string | number;

/** Where the planned state differs from the old one, leaf by leaf. */
export function compareProperties(rules: Rules, old: PlainProperties, planned: PlainProperties, zeroIsAbsent: boolean): Difference[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(planned)])].filter((name) => {
    const rule = ruleFor(rules, [name]);
    return rule !== undefined && rule.output !== true && !(rule.computed === true && planned[name] === undefined);
  });
  return names.flatMap((name) => compare(rules, [name], old[name], planned[name], zeroIsAbsent));
}

function compare(rules: Rules, path: Step[], old: PlainValue | undefined, planned: PlainValue | undefined, zero: boolean): Difference[] {
  const absent = (value: PlainValue | undefined) => value === undefined || value === null || (zero && isZero(value));
  if (isDeepStrictEqual(old, planned) || (absent(old) && absent(planned))) return [];
  const rule = ruleFor(rules, path);
  if (rule?.set === true && Array.isArray(old) && Array.isArray(planned) && !containsUnknown(planned)) {
    return compareSets(rule, path, old, planned);
  }
  if (Array.isArray(old) && Array.isArray(planned)) {
    const length = Math.max(old.length, planned.length);
    return Array.from({ length }).flatMap((_, index) => compare(rules, [...path, index], old[index], planned[index], zero));
  }
  if (isMap(old) && isMap(planned)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(planned)])];
    return names.flatMap((name) => compare(rules, [...path, name], old[name], planned[name], zero));
  }
  const kind = old === undefined || old === null ? "add" : planned === undefined || planned === null ? "delete" : "update";
  return [{ path: pathText(path), kind, replace: rule?.onChange === "replace" }];
}

function compareSets(rule: PropertyRule, path: Step[], old: PlainValue[], planned: PlainValue[]): Difference[] {
  const replace = rule.onChange === "replace";
  const missingFrom = (others: PlainValue[]) => (value: PlainValue, index: number) =>
    others.some((other) => isDeepStrictEqual(other, value)) ? [] : [pathText([...path, index])];
  return [
    ...planned.flatMap(missingFrom(old)).map((text) => ({ path: text, kind: "add" as const, replace })),
    ...old.flatMap(missingFrom(planned)).map((text) => ({ path: text, kind: "delete" as const, replace })),
  ];
}

/** The rule of the longest path that holds this one; list positions do not count. */
export function ruleFor(rules: Rules, path: readonly Step[]): PropertyRule | undefined {
  const names = path.filter((step) => typeof step === "string");
  for (let length = names.length; length > 0; length--) {
    const rule = rules[names.slice(0, length).join(".")];
    if (rule !== undefined) return rule;
  }
  return undefined;
}

function pathText(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

function isMap(value: PlainValue | undefined): value is PlainProperties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
