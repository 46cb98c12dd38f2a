import messages, { type DiffResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import type { Difference } from "./compareProperties.js";

/** Differences as the engine wants them told. */
export function diffResponse(differences: readonly Difference[], deleteBeforeReplace: boolean): DiffResponse {
  const { DiffResponse, PropertyDiff } = messages;
  const response = new DiffResponse().setHasdetaileddiff(true);
  response.setChanges(differences.length === 0 ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME);
  const kinds = {
    add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
    update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
    delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  } as const;
  for (const { path, kind, replace } of differences) {
    response.getDetaileddiffMap().set(path, new PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]));
  }
  const roots = (list: readonly Difference[]) => [...new Set(list.map(({ path }) => path.replace(/[.[].*$/s, "")))];
  const replacing = differences.filter(({ replace }) => replace);
  response.setDiffsList(roots(differences)).setReplacesList(roots(replacing));
  return response.setDeletebeforereplace(deleteBeforeReplace && replacing.length > 0);
}
