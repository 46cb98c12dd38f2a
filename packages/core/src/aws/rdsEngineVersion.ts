/** Majors of PostgreSQL that RDS runs and this library is made for. */
export const RDS_POSTGRES_MAJORS = [14, 15, 16, 17, 18];

/** A version of PostgreSQL on RDS: a major, whose minor AWS chooses, or one minor of it. */
export interface RdsEngineVersion {
  major: number;
  minor?: number;
}

/** Reads `16` or `16.4`. */
export function parseRdsEngineVersion(text: string): RdsEngineVersion {
  const problem = rdsEngineVersionProblem(text);
  if (problem !== undefined) throw new RangeError(`"${text}": ${problem}`);
  const [major, minor] = text.split(".").map(Number);
  return { major: major as number, ...(minor === undefined ? {} : { minor }) };
}

/** What is wrong with a version. */
export function rdsEngineVersionProblem(text: string): string | undefined {
  if (!/^[1-9]\d?(\.(0|[1-9]\d?))?$/.test(text)) return "this is no version of PostgreSQL: write the major, or major and minor";
  const [major = ""] = text.split(".");
  if (RDS_POSTGRES_MAJORS.includes(Number(major))) return undefined;
  return `PostgreSQL ${major} is none of the majors that are supported, ${RDS_POSTGRES_MAJORS[0]} to ${RDS_POSTGRES_MAJORS.at(-1)}`;
}

/** The family that a parameter group for it has. */
export function rdsParameterFamily({ major }: RdsEngineVersion): string {
  return `postgres${major}`;
}

/** What is wrong with an instance class: its form only, since the classes that there are differ by Region and change. */
export function rdsInstanceClassProblem(text: string): string | undefined {
  return /^db\.[a-z][a-z0-9-]*\.[a-z0-9.-]+$/.test(text) ? undefined : "this is no instance class";
}
