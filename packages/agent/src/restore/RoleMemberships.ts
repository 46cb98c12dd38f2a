/** That a role is a member of another, and what this lets it do. */
export interface Membership {
  role: string;
  member: string;
  /** Whether the member has the role's rights without SET ROLE. */
  inherit: boolean;
  /** Whether the member may SET ROLE to it, and so make it the owner of something. */
  set: boolean;
}

/** Who may act as whom: the memberships that exist and those that a restore is going to create. */
export class RoleMemberships {
  readonly #superusers: ReadonlySet<string>;
  readonly #roles = new Map<string, Membership[]>();

  constructor(memberships: readonly Membership[], superusers: Iterable<string>) {
    this.#superusers = new Set(superusers);
    for (const membership of memberships) {
      this.#roles.set(membership.member, [...(this.#roles.get(membership.member) ?? []), membership]);
    }
  }

  /** Whether `member` may give things to `role`, as ALTER … OWNER TO asks. */
  maySet(member: string, role: string): boolean {
    return this.#superusers.has(member) || this.#reaches(member, role, ({ set }) => set);
  }

  /** Whether `member` has the rights of `role` all the time, as owners need on what they own. */
  hasRightsOf(member: string, role: string): boolean {
    return this.#superusers.has(member) || this.#reaches(member, role, ({ inherit }) => inherit);
  }

  #reaches(member: string, role: string, follow: (membership: Membership) => boolean): boolean {
    const seen = new Set([member]);
    for (const current of seen) {
      if (current === role) return true;
      for (const membership of this.#roles.get(current) ?? []) if (follow(membership)) seen.add(membership.role);
    }
    return false;
  }
}
