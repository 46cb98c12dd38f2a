import type { Problem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { imageProblem } from "./agentPodProblems.js";
import type { KubernetesSidecarArgs } from "./KubernetesPodArgs.js";

/** An image as it is used: one that came as an Output is judged as soon as it is known. */
export function settleImage(
  where: string,
  image: pulumi.Input<string>,
  allowImageTag: boolean | undefined,
  refuse: (problems: Problem[]) => void,
): pulumi.Output<string> {
  return pulumi.output(image).apply((text) => {
    refuse(imageProblem(where, text, allowImageTag));
    return text;
  });
}

/** The agent's image and those of its sidecars, in their order. */
export function settleImages(
  { image, sidecars = [], allowImageTag }: { image: pulumi.Input<string>; sidecars?: KubernetesSidecarArgs[]; allowImageTag?: boolean },
  refuse: (problems: Problem[]) => void,
): { image: pulumi.Output<string>; sidecarImages: pulumi.Output<string>[] } {
  return {
    image: settleImage("image", image, allowImageTag, refuse),
    sidecarImages: sidecars.map((one, index) => settleImage(`sidecars[${index}].image`, one.image, allowImageTag, refuse)),
  };
}
