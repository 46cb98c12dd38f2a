import grpc from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import { toStruct, type WireProperties } from "./wireValues.js";

/** How a provider tells the engine that what it made did not come up (grpcResponseFromError in sdk/nodejs/provider/server.ts of github.com/pulumi/pulumi). */
export function initFailedStatus(id: string, properties: WireProperties, reasons: string[]): { metadata: grpc.Metadata; details: string } {
  const detail = new messages.ErrorResourceInitFailed().setId(id).setProperties(toStruct(properties)).setReasonsList(reasons);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const details = reasons[0] ?? "";
  const told = new statusMessages.Status();
  told.setCode(grpc.status.UNKNOWN);
  told.setMessage(details);
  told.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(told.serializeBinary()));
  return { metadata, details };
}
