import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Subscribes addresses to a topic. Those of e-mail wait until somebody confirms; services mostly confirm by themselves. */
export function subscribe(
  parent: pulumi.ComponentResource,
  name: string,
  topic: pulumi.Output<string>,
  { emails, httpsEndpoints }: { emails: readonly string[]; httpsEndpoints: Record<string, pulumi.Output<string>> },
  place: { region?: pulumi.Input<string> },
): void {
  for (const email of emails) {
    new aws.sns.TopicSubscription(`${name}-email-${email}`, { topic, protocol: "email", endpoint: email, ...place }, { parent });
  }
  for (const [key, endpoint] of Object.entries(httpsEndpoints)) {
    new aws.sns.TopicSubscription(
      `${name}-https-${key}`,
      { topic, protocol: "https", endpoint: endpoint.apply((address) => httpsOnly(key, address)), ...place },
      { parent },
    );
  }
}

/** Of an address that was not known before. It is a secret, and so not told. */
function httpsOnly(key: string, address: string): string {
  if (address.startsWith("https://")) return address;
  throw new pulumi.InputPropertyError({ propertyPath: `httpsEndpoints.${key}`, reason: "this address does not begin with https://" });
}
