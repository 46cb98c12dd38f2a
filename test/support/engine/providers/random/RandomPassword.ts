import { createHash, randomInt } from "node:crypto";
import type { PropertyRule, ResourceKind } from "../ResourceKind.js";
import type { PlainProperties } from "../wireValues.js";

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digits = "0123456789";
const specials = "!@#$%&*()-_=+[]{}<>:?";

/** Every argument makes a new password: `RequiresReplace` in the source; those with a default count as changed only when they differ from it. */
const replaces = (value?: boolean | number): PropertyRule => ({ onChange: "replace", ...(value === undefined ? {} : { default: value }) });
const told = { onChange: "update", output: true, secret: true } as const;

export const randomPassword: ResourceKind<unknown> = {
  type: "random:index/randomPassword:RandomPassword",
  source: "https://github.com/hashicorp/terraform-provider-random/blob/v3.7.2/internal/provider/resource_password.go",
  properties: {
    keepers: replaces(),
    length: { onChange: "replace", required: true },
    lower: replaces(true),
    minLower: replaces(0),
    minNumeric: replaces(0),
    minSpecial: replaces(0),
    minUpper: replaces(0),
    number: { onChange: "replace", computed: true },
    numeric: replaces(true),
    overrideSpecial: replaces(),
    special: replaces(true),
    upper: replaces(true),
    bcryptHash: told,
    result: told,
  },
  create: (_, planned) => Promise.resolve({ id: "none", outputs: generate(planned) }),
  read: (_, id, state) => Promise.resolve({ id, outputs: state }),
  update: (_, id, old, planned) => Promise.resolve({ id, outputs: { ...old, ...planned } }),
  delete: () => Promise.resolve(),
};

function generate(planned: PlainProperties): PlainProperties {
  const sets = {
    lower: { letters: lower, minimum: planned.minLower },
    upper: { letters: upper, minimum: planned.minUpper },
    numeric: { letters: digits, minimum: planned.minNumeric },
    special: { letters: typeof planned.overrideSpecial === "string" ? planned.overrideSpecial : specials, minimum: planned.minSpecial },
  };
  const used = Object.entries(sets).filter(([name]) => planned[name] === true);
  const wanted = used.flatMap(([, { letters, minimum }]) => Array.from({ length: Number(minimum ?? 0) }, () => oneOf(letters)));
  const all = used.map(([, { letters }]) => letters).join("");
  while (wanted.length < Number(planned.length)) wanted.push(oneOf(all));
  const result = shuffled(wanted).join("");
  const bcryptHash = `$2a$10$${createHash("sha256").update(result).digest("hex").slice(0, 53)}`;
  return { ...planned, number: planned.numeric ?? true, result, bcryptHash };
}

function oneOf(letters: string): string {
  return letters.charAt(randomInt(letters.length));
}

function shuffled(letters: string[]): string[] {
  return letters
    .map((letter) => ({ letter, place: randomInt(2 ** 32) }))
    .sort((left, right) => left.place - right.place)
    .map(({ letter }) => letter);
}
