import type { Replayer } from "./Replayer.js";
import { backupReplayers } from "./services/backup.js";
import { iamReplayers } from "./services/iam.js";
import { kmsReplayers } from "./services/kms.js";
import { messagingReplayers } from "./services/messaging.js";
import { monitoringReplayers } from "./services/monitoring.js";
import { networkReplayers } from "./services/network.js";
import { rdsReplayers } from "./services/rds.js";
import { s3Replayers } from "./services/s3.js";
import { taskReplayers } from "./services/tasks.js";

/** By resource type, as far as moto 5.2 implements what is behind it. */
export const replayers: ReadonlyMap<string, Replayer> = new Map(
  [
    backupReplayers,
    iamReplayers,
    kmsReplayers,
    messagingReplayers,
    monitoringReplayers,
    networkReplayers,
    rdsReplayers,
    s3Replayers,
    taskReplayers,
  ]
    .flat()
    .map((replayer) => [replayer.type, replayer]),
);
