/** The part of the module's API that is about accounts; runs in Node and in browsers. */
import type { Module } from "./judge-vector.ts";
import { refusal, same } from "./same.ts";

const FARM = "farm-0123456789abcdef0123456789abcdef";
const QUEUE = "queue-fedcba9876543210fedcba9876543210";
const SP = "sp-0123456789abcdef0123456789abcdef";
const NOW = 1_369_353_600_000;

const PROFILE = {
  name: "Test",
  region: "us-west-2",
  farmId: FARM,
  queueId: QUEUE,
  bucket: "bucket",
  rootPrefix: "DC",
  assetRoot: "/p",
  assetRootFormat: "posix" as const,
  endpoint: "",
  pathStyle: false,
  expectedBucketOwner: "123456789012",
};

const STORAGE_PROFILE = {
  storageProfileId: SP,
  name: "Workstations",
  osFamily: "LINUX" as const,
  locations: [
    { name: "Assets", path: "/mnt/assets", type: "LOCAL" as const },
    { name: "Tools", path: "/mnt/tools", type: "SHARED" as const },
  ],
};

const reply = (status: number, body: unknown) => ({ status, headers: {}, body: JSON.stringify(body) });

/** Each one throws where the module does not do what its name says. */
export const accountCases: Record<string, (api: Module) => void> = {
  "pasted credentials are read, and an error says nothing of them"(api) {
    const text = "export AWS_ACCESS_KEY_ID=ASIA1\nexport AWS_SECRET_ACCESS_KEY=wJalr";
    const missing = refusal(() => api.readPastedCredentials(text, NOW));
    same("code", missing.code, "pasted-incomplete");
    same(
      "words",
      [missing.message.includes("session token"), missing.message.includes("wJalr")],
      [true, false],
    );
    const end = "\nexport AWS_SESSION_TOKEN=t\nexport AWS_CREDENTIAL_EXPIRATION=2013-05-24T00:00:01Z";
    same("read", api.readPastedCredentials(text + end, NOW), {
      form: "env",
      keys: {
        accessKeyId: "ASIA1",
        secretAccessKey: "wJalr",
        sessionToken: "t",
        expires: NOW + 1_000,
        longLived: false,
      },
    });
    same(
      "expired",
      refusal(() => api.readPastedCredentials(text + end, NOW + 1_000)).code,
      "credentials-expired",
    );
    const file = "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = s";
    same("long-lived", api.readPastedCredentials(file, NOW).keys.longLived, true);
  },

  "a call to Deadline Cloud is signed as the official SDK signs it, and its reply read"(api) {
    const caller = new api.DeadlineCaller({
      region: "us-west-2",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      sessionToken: "token",
    });
    const call = { type: "assume-queue-role-for-user", farmId: FARM, queueId: QUEUE } as const;
    const request = caller.request(call, NOW);
    const host = "https://management.deadline.us-west-2.amazonaws.com/";
    same("host", [request.url.startsWith(host), caller.originPattern(call)], [true, `${host}*`]);
    // Computed by botocore for the same request.
    const signature = "e444cd1dac6888f1b59d6bdba5651dba6e449569344e6e34706ddd9d632361fe";
    same("signature", request.headers.authorization?.split("Signature=")[1], signature);
    const credentials = {
      accessKeyId: "ASIA1",
      secretAccessKey: "s",
      sessionToken: "t",
      expiration: "2013-05-24T01:00:00Z",
    };
    same("keys", caller.read(call, reply(200, { credentials })), {
      type: "keys",
      keys: {
        accessKeyId: "ASIA1",
        secretAccessKey: "s",
        sessionToken: "t",
        expires: NOW + 3_600_000,
        longLived: false,
      },
    });
    const denied = caller.read({ type: "list-farms" }, reply(403, { __type: "AccessDeniedException" }));
    if (denied.type !== "problem") throw new Error(denied.type);
    same(
      "denied",
      [denied.problem.code, denied.problem.button.action],
      ["deadline-denied", "copy-permissions"],
    );
    const queue = caller.read(
      { type: "get-queue", farmId: FARM, queueId: QUEUE },
      reply(200, {
        queueId: QUEUE,
        displayName: "Lighting",
        jobAttachmentSettings: { s3BucketName: "studio", rootPrefix: "DC" },
        roleArn: "arn:aws:iam::123456789012:role/Lighting",
      }),
    );
    if (queue.type !== "queue") throw new Error(queue.type);
    const { bucket, rootPrefix, expectedBucketOwner, problem } = queue.queue;
    same(
      "queue",
      [bucket, rootPrefix, expectedBucketOwner, problem],
      ["studio", "DC", "123456789012", undefined],
    );
    same("id", refusal(() => caller.request({ ...call, farmId: "farm-1" }, NOW)).code, "farm-id-malformed");
    const plain = { region: "us-west-2", accessKeyId: "a", secretAccessKey: "s", sessionToken: "" };
    const inTheClear = () => new api.DeadlineCaller({ ...plain, deadlineEndpoint: "http://studio.lan" });
    same("http", refusal(inTheClear).code, "endpoint-unencrypted");
    caller.free();
  },

  "a sign-in tells what to do and what to show, and goes on after its worker"(api) {
    const settings = {
      startUrl: "https://studio.awsapps.com/start",
      region: "eu-west-1",
      clientName: "Test",
    };
    same("hosts", api.signInOriginPatterns(settings), [
      "https://oidc.eu-west-1.amazonaws.com/*",
      "https://portal.sso.eu-west-1.amazonaws.com/*",
    ]);
    same(
      "url",
      refusal(() => new api.DeviceSignIn({ ...settings, startUrl: "studio" })).code,
      "start-url-malformed",
    );
    const first = new api.DeviceSignIn(settings);
    const register = first.nextAction();
    if (register?.type !== "send") throw new Error("no request");
    same("register", register.request.url, "https://oidc.eu-west-1.amazonaws.com/client/register");
    first.replied(register.number, reply(200, { clientId: "c", clientSecret: "client-secret" }), NOW);
    const kept = first.keep();
    if (kept === undefined) throw new Error("nothing kept");
    same("kept", kept.includes("client-secret"), true);
    first.free();
    const second = api.DeviceSignIn.resume(kept);
    const start = second.nextAction();
    if (start?.type !== "send") throw new Error("no request");
    const device = {
      deviceCode: "device-code",
      userCode: "ABCD",
      verificationUri: "https://device.example/",
      expiresIn: 600,
      interval: 5,
    };
    second.replied(start.number, reply(200, device), NOW);
    same(
      "actions",
      [second.nextAction(), second.nextAction(), second.nextAction()],
      [
        { type: "open-page", page: "https://device.example/" },
        { type: "wait-until", time: NOW + 5_000 },
        undefined,
      ],
    );
    const view = { type: "code", userCode: "ABCD", page: "https://device.example/", expires: NOW + 600_000 };
    same("view", second.view(), view);
    second.signOut();
    same(
      "over",
      [second.nextAction(), second.view(), second.keep()],
      [{ type: "wipe" }, { type: "ended" }, undefined],
    );
    second.free();
    same("not ours", refusal(() => api.DeviceSignIn.resume("secret")).message.includes("secret"), false);
  },

  "a refusal is explained after questions that the signer of uploads signs"(api) {
    const diagnosis = api.DenialDiagnosis.ofCode("access-denied", PROFILE, false);
    if (diagnosis === undefined) throw new Error("no refusal");
    const signer = new api.SigV4Signer(PROFILE, "AKIA", "s", "");
    const owners: (string | undefined)[] = [];
    let step = diagnosis.next();
    while (step.type === "ask") {
      owners.push(signer.sign(step.request, NOW).headers["x-amz-expected-bucket-owner"]);
      const body =
        owners.length === 1
          ? "<Error><Code>AccessDenied</Code></Error>"
          : "<Error><Code>NoSuchKey</Code></Error>";
      diagnosis.answered({ status: owners.length === 1 ? 403 : 404, headers: {}, body });
      step = diagnosis.next();
    }
    same("questions", owners, ["123456789012", undefined]);
    same("found", step.type === "found" && [step.cause, step.problem.code, step.problem.button], [
      "owner",
      "bucket-owner-wrong",
      { action: "open-profile", value: "expectedBucketOwner" },
    ]);
    same("no refusal", api.DenialDiagnosis.ofCode("file-changed", PROFILE, false), undefined);
    const elsewhere = { status: 301, headers: { "x-amz-bucket-region": "eu-west-1" }, body: "" };
    const region = api.DenialDiagnosis.ofReply(elsewhere, PROFILE, false)?.next();
    same("region", region?.type === "found" && region.problem.button, {
      action: "use-region",
      value: "eu-west-1",
    });
  },

  "a storage profile makes asset roots, and what a queue requires is checked"(api) {
    const plan = new api.AssetRootPlan(STORAGE_PROFILE);
    const tree = plan.addTree("/mnt", "posix");
    const places = ["assets/lib/a", "tools/b", "c"].map((path) => plan.place(tree, path));
    same("places", places, [
      { type: "in", root: 0, path: "lib/a" },
      { type: "shared", locationName: "Tools" },
      { type: "in", root: 1, path: "c" },
    ]);
    same(
      "roots",
      [plan.rootCount, plan.root(0), plan.root(1), plan.root(2)],
      [
        2,
        { rootPath: "/mnt/assets", rootPathFormat: "posix", fileSystemLocationName: "Assets" },
        { rootPath: "/mnt", rootPathFormat: "posix" },
        undefined,
      ],
    );
    same("tree", refusal(() => plan.place(1, "a")).code, "argument-invalid");
    plan.free();
    same("without", new api.AssetRootPlan(undefined).rootCount, 0);
    const check = (names: string[]) => api.checkStorageProfile(names, [SP], "posix", STORAGE_PROFILE)?.code;
    same("required", [check(["Assets"]), check(["Caches"])], [undefined, "locations-missing"]);
    same("none", api.checkStorageProfile(["Assets"], [], "posix")?.code, "storage-profile-needed");
    const other = api.checkStorageProfile([], [SP], "windows", STORAGE_PROFILE)?.code;
    same("other system", other, "storage-profile-of-other-system");
  },

  "renewals and idle sessions have their times"(api) {
    const hour = 3_600_000;
    same(
      "renewal",
      [api.renewAt(NOW, NOW + hour), api.renewAt(NOW, NOW + 60_000)],
      [NOW + hour - 900_000, NOW + 30_000],
    );
    same(
      "again",
      [api.tryRenewalAgainAt(NOW, NOW + 40_000), api.tryRenewalAgainAt(NOW, NOW)],
      [NOW + 10_000, undefined],
    );
    same("idle", [api.wipeAt(NOW, 30), api.wipeAt(NOW, 0)], [NOW + 1_800_000, undefined]);
  },
};
