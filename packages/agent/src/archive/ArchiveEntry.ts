/** One entry of the table of contents of a custom-format archive. */
export interface ArchiveEntry {
  dumpId: number;
  hadData: boolean;
  /** Object class and object in the source's catalogue, `0` where there is none. */
  tableOid: string;
  oid: string;
  /** Name, for functions with its arguments. */
  tag: string;
  /** Kind in pg_dump's words, for example `TABLE`, `TABLE DATA`, `ACL`, `SEQUENCE SET`. */
  description: string;
  /** 1 none, 2 pre-data, 3 data, 4 post-data. */
  section: number;
  definition: string;
  dropStatement: string;
  copyStatement: string;
  namespace: string;
  tablespace: string;
  /** Empty before archive version 1.14. */
  accessMethod: string;
  owner: string;
  dependencies: number[];
}

export interface ArchiveHeader {
  /** For example `1.14`, `1.15`, `1.16`. */
  version: string;
  compression: "none" | "gzip" | "lz4" | "zstd";
  database: string;
  serverVersion: string;
  dumpVersion: string;
}
