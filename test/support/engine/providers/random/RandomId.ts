import { randomBytes } from "node:crypto";
import type { ResourceKind } from "../ResourceKind.js";

const told = { onChange: "update", output: true } as const;

export const randomId: ResourceKind<unknown> = {
  type: "random:index/randomId:RandomId",
  source: "https://github.com/hashicorp/terraform-provider-random/blob/v3.7.2/internal/provider/resource_id.go",
  properties: {
    byteLength: { onChange: "replace", required: true },
    keepers: { onChange: "replace" },
    prefix: { onChange: "replace" },
    b64Std: told,
    b64Url: told,
    dec: told,
    hex: told,
  },
  create: (_, planned) => {
    const bytes = randomBytes(Number(planned.byteLength));
    const prefix = typeof planned.prefix === "string" ? planned.prefix : "";
    const id = bytes.toString("base64url");
    const forms = {
      b64Std: bytes.toString("base64"),
      b64Url: id,
      dec: BigInt(`0x${bytes.toString("hex")}`).toString(),
      hex: bytes.toString("hex"),
    };
    const prefixed = Object.fromEntries(Object.entries(forms).map(([form, text]) => [form, `${prefix}${text}`]));
    return Promise.resolve({ id, outputs: { ...planned, ...prefixed } });
  },
  read: (_, id, state) => Promise.resolve({ id, outputs: state }),
  update: (_, id, old, planned) => Promise.resolve({ id, outputs: { ...old, ...planned } }),
  delete: () => Promise.resolve(),
};
