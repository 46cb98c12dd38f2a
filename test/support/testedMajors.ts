/** The majors that pgkeep is tested on. */
export const testedMajors = [15, 16, 18] as const;
export type TestedMajor = (typeof testedMajors)[number];
