/** What most objects of Kubernetes may be called at most, and what a namespace or a label's value may. */
export const LONGEST_OBJECT_NAME = 253;
export const LONGEST_LABEL_NAME = 63;

/** Form of the names of most objects, for messages: a DNS subdomain (RFC 1123). */
export const OBJECT_NAME_FORM = "lower-case letters, digits, hyphens and dots, beginning and ending with a letter or a digit";

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * Why Kubernetes takes a text for no name of an object; undefined where it does.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 * @param longest where what is derived from the name leaves less room than the name itself has
 */
export function objectNameProblem(name: string, longest = LONGEST_OBJECT_NAME): string | undefined {
  if (name.length > longest) return `this name has ${name.length} characters, and at most ${longest} are possible`;
  return name.split(".").every((part) => LABEL.test(part)) ? undefined : "Kubernetes takes this for no name of an object";
}

/** The same of a namespace, whose name has no dots. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export function namespaceProblem(name: string): string | undefined {
  if (name.length > LONGEST_LABEL_NAME) return `this name has ${name.length} characters, and at most ${LONGEST_LABEL_NAME} are possible`;
  return LABEL.test(name) ? undefined : "Kubernetes takes this for no name of a namespace";
}

/** Form of a CSI driver's name, for messages. */
export const CSI_DRIVER_FORM = "1 to 63 letters, digits, hyphens and dots, for example ebs.csi.aws.com";

/** https://github.com/container-storage-interface/spec/blob/v1.11.0/spec.md#getplugininfo */
export function csiDriverProblem(name: string): string | undefined {
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/.test(name) ? undefined : "no CSI driver can be called so";
}
