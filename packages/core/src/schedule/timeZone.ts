import { z } from "zod";
import { nearestName } from "../nearestName.js";
import { type Refusal, refuse } from "../refuse.js";

const ALLOWED = "a name of the IANA time zone database, for example Europe/Berlin, America/New_York or UTC";
/** Names of one word that the database has. JavaScript knows others, such as PST and IST, which other programs refuse or read otherwise. */
const SINGLE_WORDS = [
  ..."UTC GMT UCT Zulu Universal Greenwich CET EET MET WET EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT PRC ROC ROK".split(" "),
  ..."Cuba Egypt Eire GB GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya NZ NZ-CHAT Navajo Poland Portugal".split(" "),
  ..."Singapore Turkey W-SU".split(" "),
];

/** Why a text names no time zone for schedules; undefined where it does. */
export function timeZoneProblem(name: string): Refusal | undefined {
  if (/^[+-]|^(?:UTC|GMT)[+-]\d/i.test(name)) {
    const reason = "this is a distance from UTC and no time zone, so it would know nothing of daylight saving time";
    return { reason, allowed: ALLOWED, next: "name a place; Etc/GMT-2 is two hours ahead of UTC all year round" };
  }
  if (name.toLowerCase() === "local") {
    return { reason: "the machine's own time zone is another one on the next machine", allowed: ALLOWED };
  }
  const canonical = canonicalName(name);
  const known = canonical !== undefined && (name.includes("/") || SINGLE_WORDS.includes(name));
  if (known && isCased(name, canonical)) return undefined;
  // Of an abbreviation nobody knows the place.
  const near = name.toUpperCase() === "UTC" ? "UTC" : nearestName(name, Intl.supportedValuesOf("timeZone"));
  return {
    reason: known ? "names of time zones are written in upper and lower case" : "there is no such time zone",
    allowed: ALLOWED,
    ...(near === undefined || near === name ? {} : { next: `did you mean ${near}?` }),
  };
}

/** A time zone in configuration. */
export function timeZoneSchema() {
  return z.string().superRefine((name, context) => {
    const problem = timeZoneProblem(name);
    if (problem) refuse(context, problem);
  });
}

/** Whether two names mean one time zone, for example UTC and Etc/UTC. */
export function isSameTimeZone(one: string, other: string): boolean {
  const canonical = canonicalName(one);
  return canonical !== undefined && canonical === canonicalName(other);
}

function canonicalName(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** JavaScript folds case, file systems do not: other programs look the name up as a file. Old names lead to another one, so each is told by its form. */
function isCased(name: string, canonical: string): boolean {
  if (name.toLowerCase() === canonical.toLowerCase()) return name === canonical;
  return SINGLE_WORDS.includes(name) || name.split("/").every((part) => /^[A-Z]/.test(part) && (part.length < 4 || /[a-z]/.test(part)));
}
