import { expect, it } from "vitest";
import { csiDriverProblem, namespaceProblem, objectNameProblem } from "./objectName.js";

it.each([
  ["orders", undefined],
  ["orders.example.org", undefined],
  ["a".repeat(253), undefined],
  ["a".repeat(254), "this name has 254 characters, and at most 253 are possible"],
  ["", "Kubernetes takes this for no name of an object"],
  ["Orders", "Kubernetes takes this for no name of an object"],
  ["orders-", "Kubernetes takes this for no name of an object"],
  ["orders..db", "Kubernetes takes this for no name of an object"],
  ["two words", "Kubernetes takes this for no name of an object"],
])("an object called %j: %s", (name, problem) => {
  expect(objectNameProblem(name)).toBe(problem);
});

it("leaves room for what is derived from a name", () => {
  expect(objectNameProblem("a".repeat(48), 48)).toBeUndefined();
  expect(objectNameProblem("a".repeat(49), 48)).toBe("this name has 49 characters, and at most 48 are possible");
});

it.each([
  ["velero", undefined],
  ["a".repeat(63), undefined],
  ["a".repeat(64), "this name has 64 characters, and at most 63 are possible"],
  ["velero.system", "Kubernetes takes this for no name of a namespace"],
  ["", "Kubernetes takes this for no name of a namespace"],
])("a namespace called %j: %s", (name, problem) => {
  expect(namespaceProblem(name)).toBe(problem);
});

it.each(["ebs.csi.aws.com", "hostpath.csi.k8s.io", "d", "D".repeat(63)])("the CSI driver %s", (name) => {
  expect(csiDriverProblem(name)).toBeUndefined();
});

it.each(["", "ebs csi", ".csi", "csi-", "ebs/csi", "d".repeat(64)])("no CSI driver %j", (name) => {
  expect(csiDriverProblem(name)).toBe("no CSI driver can be called so");
});
