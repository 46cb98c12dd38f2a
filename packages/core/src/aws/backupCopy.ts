import type { Problem } from "../problem.js";
import { parseArn } from "./parseArn.js";

/** Where a vault is. Undefined where it is not known yet. */
export interface VaultPlace {
  region?: string | undefined;
  account?: string | undefined;
}

/** The place of a vault, and its name, from its ARN; nothing where this is none. */
export function vaultOfArn(
  text: string,
): (Required<{ region: string; account: string }> & { partition: string; name: string }) | undefined {
  const arn = parseArn(text);
  const name = /^backup-vault:([a-zA-Z0-9\-_]{2,50})$/.exec(arn?.resource ?? "")?.[1];
  if (arn === undefined || arn.service !== "backup" || arn.region === "" || name === undefined) return undefined;
  return { region: arn.region, account: arn.account, partition: arn.partition, name };
}

/**
 * The copies of one rule that AWS Backup cannot make of an RDS instance: "AWS Backup only supports automating either cross-account or
 * cross-Region copies". https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
 */
export function backupCopyProblems(where: string, own: VaultPlace, copies: readonly (VaultPlace & { to: string })[]): Problem[] {
  const kinds = copies.map(({ to, region, account }, index) => ({
    to,
    where: `${where}[${index}].to`,
    region: differ(own.region, region),
    account: differ(own.account, account),
  }));
  const single = kinds.flatMap(({ to, where: path, region, account }): Problem[] => {
    if (region === true && account === true) {
      return [
        {
          where: path,
          received: to,
          reason:
            "this vault is in another Region and in another account, and AWS Backup copies RDS snapshots to one or the other, not both",
          allowed: "a vault in another Region of this account, or in this Region of another account",
          next: "copy to the other account in this Region, and let a plan of that account back up or copy to the other Region",
        },
      ];
    }
    if (region === false && account === false) {
      return [
        {
          where: path,
          received: to,
          reason: "this vault is in the same Region of the same account: what loses the one loses the other",
          allowed: "a vault in another Region, or in another account",
        },
      ];
    }
    return [];
  });
  const across = kinds.find(({ region, account }) => region === true && account !== true);
  const elsewhere = kinds.find(({ region, account }) => account === true && region !== true);
  if (single.length > 0 || across === undefined || elsewhere === undefined) return single;
  return [
    {
      where,
      received: `${across.to} (another Region), ${elsewhere.to} (another account)`,
      reason: "one rule copies RDS snapshots to another Region or to another account, not both: AWS Backup automates only one of the two",
      allowed: "copies of one kind in a rule",
      next: "give the other copy a rule of its own, at another time",
    },
  ];
}

function differ(one: string | undefined, other: string | undefined): boolean | undefined {
  return one === undefined || other === undefined ? undefined : one !== other;
}
