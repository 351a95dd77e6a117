/** The options page in the states that Deadline Cloud and Identity Center bring it into, one after the other. */
import type { Page } from "puppeteer-core";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { StandIn } from "../stand-in/client.ts";
import type { Stage } from "./stage.ts";

const keysOf = (name: string) => ({
  accessKeyId: `ASIA${name.padEnd(16, "0")}`,
  secretAccessKey: `the-secret-of-${name}`,
  sessionToken: `the-token-of-${name}`,
});
const STUDIO = keysOf("STUDIO");
const START_URL = "https://studio.awsapps.com/start";
const ROLES = ["Artist", "Wrangler"].map((roleName) => ({ roleName, keys: keysOf(roleName.toUpperCase()) }));

/** Starts the service that the states come from; its origin has to be allowed before. */
export function openAccounts(): Promise<StandIn> {
  return StandIn.open({
    region: "us-east-1",
    keys: [STUDIO],
    farms: ["a", "b"].map((digit) => ({
      farmId: `farm-${digit.repeat(32)}`,
      displayName: `Farm ${digit}`,
      queues: ["1", "2"].map((number) => ({
        queueId: `queue-${number.repeat(32)}`,
        displayName: `Queue ${number}`,
        roleArn: "arn:aws:iam::123456789012:role/Queue",
        jobAttachmentSettings: { s3BucketName: "job-attachments", rootPrefix: "DeadlineCloud" },
      })),
    })),
    identityCenter: {
      startUrl: START_URL,
      accounts: ["123456789012", "210987654321"].map((accountId) => ({
        accountId,
        accountName: "Studio",
        roles: ROLES,
      })),
    },
  });
}

/** Brings the page into every state, and calls `look` in each of them. */
export async function everyAccountState(
  stage: Stage,
  standIn: StandIn,
  look: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const options = await OptionsPage.open(stage.browser);
  const { page } = options;
  const type = async (id: string, value: string) => {
    await page.$eval(`#${id}`, (field) => (field as HTMLInputElement).select());
    await page.type(`#${id}`, value);
  };
  const unfold = (id: string) =>
    page.$eval(`#${id}`, (details) => {
      (details as HTMLDetailsElement).open = true;
    });
  await options.savePasted(pastedJson(STUDIO, Date.now() + 3_600_000));
  await unfold("advanced");
  await type("region", "us-east-1");
  await type("deadlineEndpoint", standIn.origin);
  await standIn.inject({ operation: "ListFarms", status: 403, kind: "AccessDeniedException" });
  await page.click("#choose-queue");
  await page.waitForSelector("#choose-queue-message[data-state=refused]");
  await look(page, "options-farms-refused");
  await page.click("#choose-queue");
  await page.waitForSelector("#farm-choice option:nth-child(3)");
  await look(page, "options-farms");
  await page.select("#farm-choice", `farm-${"a".repeat(32)}`);
  await page.waitForSelector("#queue-choice option:nth-child(3)");
  await page.select("#queue-choice", `queue-${"1".repeat(32)}`);
  await page.waitForFunction(() => (document.querySelector("#bucket") as HTMLInputElement).value !== "");
  await look(page, "options-queue-chosen");

  await unfold("sign-in-addresses");
  await type("start-url", "no address");
  await page.click("#start-sign-in");
  await page.waitForSelector("#start-url[aria-invalid=true]");
  await look(page, "options-sign-in-address-refused");
  await type("start-url", START_URL);
  await type("sign-in-region", "eu-west-1");
  await type("oidc-endpoint", standIn.origin);
  await type("portal-endpoint", standIn.origin);
  const view = (name: string) => page.waitForSelector(`#sign-in-message[data-view="${name}"]`);
  await page.click("#start-sign-in");
  await view("code");
  await look(page, "options-sign-in-code");
  await standIn.deny();
  await view("ended");
  await look(page, "options-sign-in-denied");
  await page.click("#sign-in-message [data-action=sign-in]");
  await page.waitForFunction(() => document.activeElement?.id === "start-url");
  await page.click("#start-sign-in");
  await view("code");
  await standIn.approve();
  await view("choose-account");
  await look(page, "options-sign-in-account");
  await page.select("#account-choice", "123456789012");
  await view("choose-role");
  await look(page, "options-sign-in-role");
  await page.select("#role-choice", "Artist");
  await view("signed-in");
  await look(page, "options-signed-in");
  await page.click("#forget-credentials");
  await page.waitForSelector("#forget-credentials", { hidden: true });
  await page.close();
}
