/**
 * Every message between the contexts of the extension, declared once: who may send it, to whom,
 * and what it holds. A message that is not declared here, is malformed, comes from the wrong
 * sender or by the wrong road is refused.
 *
 * Three roads:
 * - `runtime.sendMessage` between pages, engine host and background (small, JSON only): every open page of the
 *   extension hears it, so it carries no secret;
 * - a message to the service worker alone ({@link toVault}), for secrets;
 * - the `BroadcastChannel` named {@link UPLOADS_CHANNEL} between pages and engine host: it carries
 *   `File` objects by reference and `bigint`, and it does not wake the service worker.
 */
import type * as engine from "deadlinejs/common";
import * as v from "valibot";

/** Name of the BroadcastChannel between extension pages and the engine host. */
export const UPLOADS_CHANNEL = "uploads";

/**
 * Name of the Web Lock that a page holds from before the beginning of an upload until all its files are
 * handed over: when the engine host gets the lock, the page is done or gone.
 */
export function intakeLockName(uploadId: string): string {
  return `intake-${uploadId}`;
}

/** Whether that is the name of such a lock. */
export function isIntakeLockName(name: string): boolean {
  return /^intake-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

/** Name of the Web Lock that the engine host holds while an upload runs: where it is free, nobody works at it. */
export function uploadLockName(uploadId: string): string {
  return `upload-${uploadId}`;
}

/**
 * Name of the Web Lock that each page holds, shared with its like, while it shows this upload as a preview: when the
 * engine host gets it for itself, nobody is left who could say yes.
 */
export function previewLockName(uploadId: string): string {
  return `preview-${uploadId}`;
}

/** Name of the Web Lock that a page which shows how uploads go holds, shared with its like, while it can be seen. */
export const WATCHED_LOCK = "watched";

/** What a press of a problem's button does; Rust knows what each one means (`ProblemButton`). */
const ProblemButtonSchema = v.object({
  action: v.picklist([
    "enter-credentials",
    "renew-credentials",
    "sign-in",
    "try-again",
    "choose-queue",
    "copy-permissions",
    "use-region",
    "use-sign-in-region",
    "open-sign-in-settings",
    "open-profile",
  ]),
  /** What the action needs to know. */
  value: v.exactOptional(v.string()),
}) satisfies v.GenericSchema<engine.ProblemButton>;
export type ProblemButton = v.InferOutput<typeof ProblemButtonSchema>;

/** What happened, to which file, and what to do next. Every refusal and failure has this shape. */
export const ProblemSchema = v.object({
  /** Stable, for tests and support: lower-case words joined by dashes. */
  code: v.string(),
  /** One sentence: what happened. */
  what: v.string(),
  /** One sentence: what the person can do. */
  next: v.string(),
  /** Path below the asset root, where one file is the cause. */
  file: v.exactOptional(v.string()),
  /** The one thing to offer, where there is one. */
  button: v.exactOptional(ProblemButtonSchema),
}) satisfies v.GenericSchema<engine.Problem>;
export type Problem = v.InferOutput<typeof ProblemSchema>;

/** Why a store refused, with the one thing to offer. */
export interface Explained {
  problem: Problem;
  /** The profile that the upload went to. */
  profileId: string;
}

/** A reply: the value asked for, or the problem that prevented it. */
export type Reply<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** What Rust reads as `u32`. */
const WholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));

/** The fields of the options page, as typed. Rust (`checkProfile`) judges them. */
export const ProfileFieldsSchema = v.strictObject({
  /** Shown in the popup and the workspace. */
  name: v.string(),
  /** AWS region such as `us-west-2`. */
  region: v.string(),
  /** `farm-` and 32 hex digits. */
  farmId: v.string(),
  /** `queue-` and 32 hex digits. */
  queueId: v.string(),
  /** The queue's job attachments bucket. */
  bucket: v.string(),
  /** The queue's root prefix in that bucket, without slash at either end. */
  rootPrefix: v.string(),
  /** Absolute path of the folder that holds what is dropped, as the farm's workers know it. */
  assetRoot: v.string(),
  /** How `assetRoot` is written. */
  assetRootFormat: v.picklist(["posix", "windows"]),
  /** Empty for AWS; otherwise the address of an S3-compatible server. */
  endpoint: v.string(),
  /** Put the bucket into the path instead of the host name. */
  pathStyle: v.boolean(),
  // Profiles that were stored before there were these have none of them.
  /** Account that owns the bucket, 12 digits; empty if nobody knows. */
  expectedBucketOwner: v.exactOptional(v.string(), ""),
  /** Most requests at once; 0: as many as the browser has connections. */
  concurrency: v.exactOptional(WholeNumber, 0),
  /** Most KiB each second, on average; 0: as fast as it goes. */
  bandwidthLimit: v.exactOptional(WholeNumber, 0),
  /** Use all addresses that AWS has for the bucket. */
  spreadHosts: v.exactOptional(v.boolean(), false),
  /** Folder of the contents; empty: `Data`. */
  casPrefix: v.exactOptional(v.string(), ""),
  /** Folder of the manifests; empty: `Manifests`. */
  manifestPrefix: v.exactOptional(v.string(), ""),
  /** The LOCAL location of a storage profile that the asset root belongs to; empty: none. */
  locationName: v.exactOptional(v.string(), ""),
  /** `sp-` and 32 hex digits: the storage profile whose locations shape an upload; empty: none. */
  storageProfileId: v.exactOptional(v.string(), ""),
  /** What jobs write to: folders below the asset root. */
  outputDirectories: v.exactOptional(v.array(v.string()), []),
  /** Only the first is read by released workers. */
  manifestVersion: v.exactOptional(v.picklist(["v2023-03-03", "v2025-12-04-beta"]), "v2023-03-03"),
  /** Upload with credentials that the queue gives for the session's (AssumeQueueRoleForUser). */
  queueRole: v.exactOptional(v.boolean(), false),
  /** What answers in the place of Deadline Cloud; empty for AWS. */
  deadlineEndpoint: v.exactOptional(v.string(), ""),
  /** User id at Identity Center, which users of a Deadline Cloud monitor need for their lists; empty for others. */
  principalId: v.exactOptional(v.string(), ""),
}) satisfies v.GenericSchema<engine.ProfileFields>;
export type ProfileFields = v.InferOutput<typeof ProfileFieldsSchema>;

/** A profile as people and programs write it into a document: what has a usual value may be left out. */
export const ProfileDocumentSchema = v.strictObject({
  ...ProfileFieldsSchema.entries,
  assetRootFormat: v.exactOptional(ProfileFieldsSchema.entries.assetRootFormat, "posix"),
  endpoint: v.exactOptional(v.string(), ""),
  pathStyle: v.exactOptional(v.boolean(), false),
});

/** Names a stored profile. Those of an administrator begin with `managed-`. */
export const ProfileIdSchema = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,72}$/));

/** A stored profile. */
export interface StoredProfile {
  id: string;
  fields: ProfileFields;
  /** Set by an administrator: can be used, but neither changed nor deleted. */
  isLocked: boolean;
}

/** What a page may know about profiles and credentials: never a secret. */
export interface BackgroundStatus {
  /** All of them, sorted by name. */
  profiles: StoredProfile[];
  /** Whether a person may have profiles of their own beside an administrator's. */
  mayHaveOwnProfiles: boolean;
  /** Where each browser session begins; `null` where there is no profile. */
  defaultProfileId: string | null;
  /** Where uploads of this browser session go; `null` where there is no profile. */
  profileId: string | null;
  /** The fields of that profile. */
  profile: ProfileFields | null;
  /**
   * Match patterns of the hosts that the profile talks to, e.g. `https://b.s3.us-west-2.amazonaws.com/*`, its own
   * first; empty where the profile cannot be used.
   */
  originPatterns: string[];
  /** Whether the browser has granted access to all of them. */
  hasHostAccess: boolean;
  /** `null` when there are none for this browser session. */
  credentials: {
    accessKeyIdHint: string;
    temporary: boolean;
    /** Milliseconds since 1970; left out where nobody knows. */
    expires?: number;
  } | null;
  /** After how many minutes without use the credentials are wiped. */
  idleMinutes: IdleMinutes;
  /** Where a sign-in at IAM Identity Center is; `null` where nobody signs in. */
  signIn: engine.SignInView | null;
}

/** Times without use after which credentials are wiped, to choose from, in minutes. */
export const IDLE_MINUTES = [15, 30, 60, 120, 240, 480, 720] as const;
/** One of them. */
export type IdleMinutes = (typeof IDLE_MINUTES)[number];

/** A pattern as people type it. */
const PatternSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

/** Which files belong to an upload; the engine reads the patterns. */
export const FilePatternsSchema = v.strictObject({
  include: v.pipe(v.array(PatternSchema), v.maxLength(200)),
  exclude: v.pipe(v.array(PatternSchema), v.maxLength(200)),
});
export type FilePatterns = v.InferOutput<typeof FilePatternsSchema>;

const UploadId = v.pipe(v.string(), v.uuid());
/** Tells answers apart. */
const QueryId = v.pipe(v.string(), v.uuid());
/** Headers or a query of a request: longer than this S3 takes none of them. */
const Fields = v.record(v.pipe(v.string(), v.maxLength(256)), v.pipe(v.string(), v.maxLength(8192)));
/** A clock that was never set stands at 1970; in milliseconds. */
const CLOCK_OFFSET_LIMIT = 100 * 366 * 24 * 60 * 60 * 1000;

/** How an upload came out, as a notification tells it. */
const UploadEndSchema = v.variant("phase", [
  v.strictObject({
    phase: v.literal("complete"),
    label: v.string(),
    files: v.number(),
    /** The `attachments` value for CreateJob, as JSON text. */
    attachments: v.string(),
  }),
  v.strictObject({
    phase: v.literal("failed"),
    label: v.string(),
    /** The cause; there always is one. */
    problem: v.exactOptional(ProblemSchema),
  }),
  v.strictObject({ phase: v.literal("cancelled"), label: v.string() }),
]);
export type UploadEnd = v.InferOutput<typeof UploadEndSchema>;

/** What was chosen by the context menu. */
const SourceSchema = v.variant("type", [
  /** An image, a video, a page, what a link leads to: `https:`, `data:`, or `http:` on this computer. */
  v.strictObject({ type: v.literal("address"), address: v.string() }),
  v.strictObject({ type: v.literal("text"), text: v.string() }),
]);
export type Source = v.InferOutput<typeof SourceSchema>;

/** Whom to ask for farms and queues: fields of a profile as typed. */
const DeadlinePlaceSchema = v.strictObject({
  region: v.string(),
  deadlineEndpoint: v.string(),
  principalId: v.string(),
});
export type DeadlinePlace = v.InferOutput<typeof DeadlinePlaceSchema>;

/** Messages to the background, by the kind of page that may send them. */
export const toBackground = {
  /** Any extension page. Reply: {@link BackgroundStatus}. */
  "status.get": {
    from: "page",
    schema: v.strictObject({
      type: v.literal("status.get"),
      /** The page looks again by itself, because there is news: nobody has to be there for that. */
      unasked: v.exactOptional(v.boolean()),
    }),
  },
  /** Options page; without an id it becomes a new profile. Reply: {@link StoredProfile}. */
  "profile.save": {
    from: "options",
    schema: v.strictObject({
      type: v.literal("profile.save"),
      profileId: v.exactOptional(ProfileIdSchema),
      profile: ProfileFieldsSchema,
    }),
  },
  /** Options page. Reply: `null`. */
  "profile.delete": {
    from: "options",
    schema: v.strictObject({ type: v.literal("profile.delete"), profileId: ProfileIdSchema }),
  },
  /** Options page: begin every browser session with this profile, and use it now. Reply: `null`. */
  "profile.setDefault": {
    from: "options",
    schema: v.strictObject({ type: v.literal("profile.setDefault"), profileId: ProfileIdSchema }),
  },
  /** Options page: try whether this profile can be used. Reply: {@link ConnectionFinding} for each step. */
  "connection.test": {
    from: "options",
    schema: v.strictObject({ type: v.literal("connection.test"), profileId: ProfileIdSchema }),
  },
  /** Any extension page: the uploads of this browser session go there. Reply: `null`. */
  "profile.choose": {
    from: "page",
    schema: v.strictObject({ type: v.literal("profile.choose"), profileId: ProfileIdSchema }),
  },
  /** Options page. Reply: {@link FarmItem} for each farm of the region that the session's credentials may list. */
  "farms.list": {
    from: "options",
    schema: v.strictObject({ type: v.literal("farms.list"), ...DeadlinePlaceSchema.entries }),
  },
  /** Options page. Reply: {@link QueueItem} for each queue of the farm. */
  "queues.list": {
    from: "options",
    schema: v.strictObject({
      type: v.literal("queues.list"),
      ...DeadlinePlaceSchema.entries,
      farmId: v.string(),
    }),
  },
  /** Options page. Reply: {@link QueueInfo}, or the problem of a queue that takes no uploads. */
  "queue.get": {
    from: "options",
    schema: v.strictObject({
      type: v.literal("queue.get"),
      ...DeadlinePlaceSchema.entries,
      farmId: v.string(),
      queueId: v.string(),
    }),
  },
  /** Options page. Reply: {@link StorageProfileItem} for each storage profile that jobs of the queue may have. */
  "storageProfiles.list": {
    from: "options",
    schema: v.strictObject({
      type: v.literal("storageProfiles.list"),
      ...DeadlinePlaceSchema.entries,
      farmId: v.string(),
      queueId: v.string(),
    }),
  },
  /**
   * Any extension page: why the store refused, for the code of the problem that ended an upload or that one waits with. Asks the
   * store. Reply: {@link Explained}; `null` where it is no refusal.
   */
  "denial.explain": {
    from: "page",
    schema: v.strictObject({
      type: v.literal("denial.explain"),
      uploadId: UploadId,
      code: v.pipe(v.string(), v.maxLength(64)),
    }),
  },
  /** Any extension page: get new credentials of the queue for an upload that runs, or has failed. Reply: `null`. */
  "credentials.renew": {
    from: "page",
    schema: v.strictObject({ type: v.literal("credentials.renew"), uploadId: UploadId }),
  },
  /** Engine host: an upload waits for other credentials. Reply: `null`, at once. */
  "credentials.needed": {
    from: "host",
    schema: v.strictObject({ type: v.literal("credentials.needed"), uploadId: UploadId }),
  },
  /** Options page: begin to sign in at IAM Identity Center; the status tells how it goes. Reply: `null`. */
  "signIn.start": {
    from: "options",
    schema: v.strictObject({
      type: v.literal("signIn.start"),
      startUrl: v.string(),
      region: v.string(),
      oidcEndpoint: v.string(),
      portalEndpoint: v.string(),
    }),
  },
  /** Options page: one of the accounts that the status offers. Reply: `null`. */
  "signIn.account": {
    from: "options",
    schema: v.strictObject({ type: v.literal("signIn.account"), accountId: v.string() }),
  },
  /** Options page: one of the roles that the status offers. Reply: `null`. */
  "signIn.role": {
    from: "options",
    schema: v.strictObject({ type: v.literal("signIn.role"), roleName: v.string() }),
  },
  /** Options page. Reply: `null`. */
  "session.setIdle": {
    from: "options",
    schema: v.strictObject({ type: v.literal("session.setIdle"), minutes: v.picklist(IDLE_MINUTES) }),
  },
  /** Any extension page: wipe every secret of this session now. Reply: `null`. */
  "credentials.forget": { from: "page", schema: v.strictObject({ type: v.literal("credentials.forget") }) },
  /**
   * A page that already holds the intake lock of this new, random id. Reply: `null` once the engine host
   * is ready for the files.
   */
  "upload.begin": {
    from: "page",
    schema: v.strictObject({
      type: v.literal("upload.begin"),
      uploadId: UploadId,
      /** Where it goes; to the chosen profile if there is none. */
      profileId: v.exactOptional(ProfileIdSchema),
      label: v.pipe(v.string(), v.maxLength(1024)),
      /** Send nothing before `upload.send`. */
      hold: v.exactOptional(v.boolean()),
      /** Which files belong to it; without them all do. */
      patterns: v.exactOptional(FilePatternsSchema),
    }),
  },
  /** Any extension page: take the last failed upload up again. Reply: `null` once it runs. */
  "upload.retry": {
    from: "page",
    schema: v.strictObject({ type: v.literal("upload.retry"), uploadId: UploadId }),
  },
  /** Engine host, once per request that leaves. Reply: {@link SignedRequest}. */
  "request.sign": {
    from: "host",
    schema: v.strictObject({
      type: v.literal("request.sign"),
      uploadId: UploadId,
      method: v.picklist(["HEAD", "GET", "PUT", "POST", "DELETE"]),
      /** Empty for a question about the bucket. */
      key: v.pipe(v.string(), v.maxLength(1024)),
      query: Fields,
      headers: Fields,
      /** Which of the bucket's equivalent addresses to use, from 0. */
      host: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
      /** Milliseconds to add to this computer's time. */
      clockOffset: v.pipe(
        v.number(),
        v.integer(),
        v.minValue(-CLOCK_OFFSET_LIMIT),
        v.maxValue(CLOCK_OFFSET_LIMIT),
      ),
    }),
  },
  /** Engine host, at most once a second for each upload: how far it is. Reply: `null`. */
  "upload.progress": {
    from: "host",
    schema: v.strictObject({
      type: v.literal("upload.progress"),
      uploadId: UploadId,
      /** Whole percent of the way. */
      percent: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
    }),
  },
  /** Engine host: how it came out; nothing of this upload will be signed any more. Reply: `null`. */
  "upload.ended": {
    from: "host",
    schema: v.strictObject({ type: v.literal("upload.ended"), uploadId: UploadId, end: UploadEndSchema }),
  },
  /** Engine host: it needs nothing more of a chosen resource's server. Reply: `null`. */
  "resource.done": {
    from: "host",
    schema: v.strictObject({
      type: v.literal("resource.done"),
      source: SourceSchema,
      /** Why nothing of it is uploaded: the upload did not begin, or the resource did not come. */
      failure: v.exactOptional(
        v.variant("type", [
          v.strictObject({ type: v.literal("refused"), problem: ProblemSchema }),
          v.strictObject({ type: v.literal("status"), status: v.number() }),
          v.strictObject({ type: v.literal("unreachable") }),
          v.strictObject({ type: v.literal("no-room") }),
        ]),
      ),
    }),
  },
  /** Content script: a frame with this random token is about to ask, in the same tab. Reply: `null`. */
  "overlay.expect": {
    from: "content",
    schema: v.strictObject({ type: v.literal("overlay.expect"), token: v.pipe(v.string(), v.uuid()) }),
  },
  /** Overlay frame. Reply: whether our content script has announced this token; it counts once. */
  "overlay.claim": {
    from: "overlay",
    schema: v.strictObject({ type: v.literal("overlay.claim"), token: v.pipe(v.string(), v.maxLength(64)) }),
  },
  /** Overlay frame, which in Firefox cannot reach tabs itself: shows the workspace. Reply: `null`. */
  "workspace.show": {
    from: "overlay",
    schema: v.strictObject({ type: v.literal("workspace.show") }),
  },
  /** Any extension page. Reply: match patterns of the sites with the page drop zone. */
  "dropSites.get": { from: "page", schema: v.strictObject({ type: v.literal("dropSites.get") }) },
  /**
   * Any extension page, which asks the browser for access to the site. Reply: as for `dropSites.get`; the site is among
   * them as soon as the browser grants it.
   */
  "dropSites.enable": {
    from: "page",
    schema: v.strictObject({ type: v.literal("dropSites.enable"), address: v.string() }),
  },
  /** Any extension page; `site` is one that `dropSites.get` gave. Reply: as for `dropSites.get`. */
  "dropSites.remove": {
    from: "page",
    schema: v.strictObject({ type: v.literal("dropSites.remove"), site: v.string() }),
  },
  /** Any extension page. Reply: the attachments JSON of an upload that is complete; `null` where it is known no more. */
  "attachments.get": {
    from: "page",
    schema: v.strictObject({ type: v.literal("attachments.get"), uploadId: UploadId }),
  },
} as const;

/** Messages that the background alone hears, by the kind of page that may send them. */
export const toVault = {
  /** Options page: what a person pasted, in any of the forms that Rust knows. Reply: `null`. */
  "credentials.paste": {
    from: "options",
    schema: v.strictObject({
      type: v.literal("credentials.paste"),
      text: v.pipe(v.string(), v.minLength(1), v.maxLength(65_536)),
    }),
  },
  /** Options page: what a person typed. Reply: `null`. As the one above it carries secrets, and travels one way. */
  "credentials.set": {
    from: "options",
    schema: v.strictObject({
      type: v.literal("credentials.set"),
      accessKeyId: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(256)),
      secretAccessKey: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(256)),
      /** Empty for long-lived keys. */
      sessionToken: v.pipe(v.string(), v.trim(), v.maxLength(16384)),
    }),
  },
} as const;

/** Reply to `request.sign`: what to send, complete. */
export interface SignedRequest {
  url: string;
  headers: Record<string, string>;
}

/** Where the machines of one kind have their files; Rust judges the fields. */
const StorageProfileSchema = v.strictObject({
  storageProfileId: v.string(),
  name: v.string(),
  osFamily: v.picklist(["WINDOWS", "LINUX", "MACOS"]),
  locations: v.array(
    v.strictObject({ name: v.string(), path: v.string(), type: v.picklist(["SHARED", "LOCAL"]) }),
  ),
}) satisfies v.GenericSchema<engine.StorageProfile>;

/** Messages from the background to the engine host. */
export const toHost = {
  /** Reply: `null`, or problem `upload-running` or `preview-open`. */
  "host.open": {
    from: "background",
    schema: v.strictObject({
      type: v.literal("host.open"),
      uploadId: UploadId,
      label: v.string(),
      profile: ProfileFieldsSchema,
      /** As the queue told it just now. */
      storageProfile: v.exactOptional(StorageProfileSchema),
      /** Send nothing before `upload.send`. */
      hold: v.boolean(),
      /** Which files belong to it; without them all do. */
      patterns: v.exactOptional(FilePatternsSchema),
    }),
  },
  /** Take this failed upload up again. Reply: `null`, or problem `retry-gone`. */
  "host.retry": {
    from: "background",
    schema: v.strictObject({ type: v.literal("host.retry"), uploadId: UploadId }),
  },
  /** Fetch this and upload it. Reply: `null`, at once; `resource.done` tells what came of it. */
  "host.fetch": {
    from: "background",
    schema: v.strictObject({ type: v.literal("host.fetch"), source: SourceSchema }),
  },
  /** There are other credentials than before for this upload: if it waits for some, it goes on. Reply: `null`. */
  "credentials.renewed": {
    from: "background",
    schema: v.strictObject({ type: v.literal("credentials.renewed"), uploadId: UploadId }),
  },
} as const;

/** Messages from the background to every page of the extension; nobody answers. */
export const toPages = {
  /** What `status.get` tells is not as it was. */
  "status.changed": {
    from: "background",
    schema: v.strictObject({ type: v.literal("status.changed") }),
  },
} as const;

/** The type of each message to the background. */
export type ToBackground = {
  [K in keyof typeof toBackground]: v.InferOutput<(typeof toBackground)[K]["schema"]>;
};

/** The type of each message that the background alone hears. */
export type ToVault = { [K in keyof typeof toVault]: v.InferOutput<(typeof toVault)[K]["schema"]> };

/** The type of each message to the engine host. */
export type ToHost = { [K in keyof typeof toHost]: v.InferOutput<(typeof toHost)[K]["schema"]> };

/** The type of each message to pages. */
export type ToPages = { [K in keyof typeof toPages]: v.InferOutput<(typeof toPages)[K]["schema"]> };

/** The value in the reply to each message to the background. */
export interface BackgroundReplies {
  "status.get": BackgroundStatus;
  "profile.save": StoredProfile;
  "profile.delete": null;
  "profile.setDefault": null;
  "profile.choose": null;
  "connection.test": engine.ConnectionFinding[];
  "farms.list": engine.FarmItem[];
  "queues.list": engine.QueueItem[];
  "queue.get": engine.QueueInfo;
  "storageProfiles.list": engine.StorageProfileItem[];
  "denial.explain": Explained | null;
  "credentials.renew": null;
  "credentials.needed": null;
  "signIn.start": null;
  "signIn.account": null;
  "signIn.role": null;
  "session.setIdle": null;
  "credentials.forget": null;
  "upload.begin": null;
  "upload.retry": null;
  "request.sign": SignedRequest;
  "upload.progress": null;
  "upload.ended": null;
  "resource.done": null;
  "overlay.expect": null;
  "overlay.claim": boolean;
  "workspace.show": null;
  "dropSites.get": string[];
  "dropSites.enable": string[];
  "dropSites.remove": string[];
  "attachments.get": string | null;
}

/** One file that was found: its path below the asset root and the browser's handle to its bytes. */
const FoundFileSchema = v.strictObject({
  file: v.file(),
  /** Names joined by `/`, beginning with the dropped folder's own name. */
  relativePath: v.string(),
});
export type FoundFile = v.InferOutput<typeof FoundFileSchema>;

/** A folder or file that was dropped. Only Chromium has such handles. */
export type Root = FileSystemDirectoryHandle | FileSystemFileHandle;
const RootSchema = v.custom<Root>(
  (value) => typeof FileSystemHandle !== "undefined" && value instanceof FileSystemHandle,
);

/** One thing that was dropped but not taken, and why. */
const NotTakenSchema = v.object({
  path: v.string(),
  /** Why, for programs; the engine knows what each one means. */
  code: v.picklist([
    "empty-folder",
    "unreadable-folder",
    "unreadable-file",
    "name-not-unicode",
    "excluded",
    "not-included",
    "shared",
  ]),
  /** A sentence. */
  reason: v.string(),
  /** For `shared`: the name of the SHARED location that workers have it at. */
  location: v.exactOptional(v.string()),
}) satisfies v.GenericSchema<engine.NotTaken>;
export type NotTaken = v.InferOutput<typeof NotTakenSchema>;

/** Files and bytes of one phase. */
const PhaseProgressSchema = v.object({
  filesDone: v.number(),
  filesTotal: v.number(),
  bytesDone: v.bigint(),
  bytesTotal: v.bigint(),
}) satisfies v.GenericSchema<engine.PhaseProgress>;
export type PhaseProgress = v.InferOutput<typeof PhaseProgressSchema>;

/** Where an upload is. The three last ones are ends. */
const UploadPhaseSchema = v.picklist([
  "finding",
  "hashing",
  "checking",
  "held",
  "uploading",
  "manifest",
  "complete",
  "failed",
  "cancelled",
]);
export type UploadPhase = v.InferOutput<typeof UploadPhaseSchema>;

/** What a complete upload left behind. */
const UploadResultSchema = v.object({
  files: v.number(),
  bytes: v.bigint(),
  /** Content objects sent by this upload. */
  objectsWritten: v.number(),
  bytesWritten: v.bigint(),
  /** Distinct contents that the store already held. */
  objectsSkipped: v.number(),
  bytesSkipped: v.bigint(),
  /** Objects whose bytes the server has compared with their key. */
  verifiedByServer: v.number(),
  /** Objects of which the server says that they have the right size. */
  verifiedBySize: v.number(),
  /** Objects that nobody has looked at. */
  notVerified: v.number(),
  /** The engine is always asked for one. */
  manifest: v.object({
    /** Full key, including the root prefix. */
    key: v.string(),
    /** XXH3-128 of the manifest's bytes, 32 hex digits. */
    hash: v.string(),
    /** Those of further asset roots, in the order of `attachments`. */
    further: v.array(v.object({ key: v.string(), hash: v.string() })),
    /** The `attachments` value for CreateJob, as JSON text, indented for people. */
    attachments: v.string(),
  }),
}) satisfies v.GenericSchema<engine.UploadSummary>;
export type UploadResult = v.InferOutput<typeof UploadResultSchema>;

/** Why nothing leaves at the moment. */
const WaitingSchema = v.variant("type", [
  /** A person has paused it. */
  v.object({ type: v.literal("paused") }),
  /** New credentials are needed. */
  v.object({ type: v.literal("credentials"), problem: ProblemSchema }),
  /** No request gets an answer; it is tried again from time to time. */
  v.object({ type: v.literal("network") }),
]) satisfies v.GenericSchema<engine.Waiting>;
export type Waiting = v.InferOutput<typeof WaitingSchema>;

/** A state is told again to whoever asks, and each page reads it: it names no more of anything. */
export const NAMED_AT_MOST = 100;

/** Lines of the list of files that one question may ask for. */
export const FILE_ROWS_AT_MOST = 200;

/** Which files the list shows. */
const FileFilterSchema = v.picklist([
  "all",
  "failures",
  "skipped",
]) satisfies v.GenericSchema<engine.FileFilter>;
export type FileFilter = v.InferOutput<typeof FileFilterSchema>;

/** Where a file is on its way; `skipped`: left out on purpose; `not-sent`: the upload ended before it was done. */
const FileStatusSchema = v.picklist([
  "waiting",
  "hashing",
  "checking",
  "sending",
  "in-store",
  "sent",
  "failed",
  "skipped",
  "not-sent",
]) satisfies v.GenericSchema<engine.FileStatus>;
export type FileStatus = v.InferOutput<typeof FileStatusSchema>;

/** One line of the list of files. */
const FileRowSchema = v.object({
  path: v.string(),
  /** Bytes; 0 where nobody knows. */
  size: v.bigint(),
  status: FileStatusSchema,
  /** Why it failed or was left out. */
  problem: v.exactOptional(ProblemSchema),
}) satisfies v.GenericSchema<engine.FileRow>;
export type FileRow = v.InferOutput<typeof FileRowSchema>;

/** A part of the list of files. */
const FileWindowSchema = v.object({
  /** Lines that the filter lets through. */
  total: v.number(),
  /** Those that were asked for, as far as there are so many. */
  rows: v.array(FileRowSchema),
  /** Lines of the whole list in each state. */
  counts: v.object({
    waiting: v.number(),
    hashing: v.number(),
    checking: v.number(),
    sending: v.number(),
    "in-store": v.number(),
    sent: v.number(),
    failed: v.number(),
    skipped: v.number(),
    "not-sent": v.number(),
  }),
}) satisfies v.GenericSchema<engine.FileWindow>;
export type FileWindow = v.InferOutput<typeof FileWindowSchema>;

/** How a receipt is written: for programs, or for spreadsheets. */
const ReceiptFormatSchema = v.picklist(["json", "csv"]) satisfies v.GenericSchema<engine.ReceiptFormat>;
export type ReceiptFormat = v.InferOutput<typeof ReceiptFormatSchema>;
/** What an upload that waits for `upload.send` would do. */
const PreviewSchema = v.object({
  /** Files that belong to it, of those that were found so far. */
  files: v.number(),
  bytes: v.bigint(),
  /** How many of these files are not read yet, or not known to be in the store or not. */
  filesUnseen: v.number(),
  /** How many of these files cannot be uploaded: with them there will be no manifest. */
  filesFailed: v.number(),
  /** Distinct contents that the store holds. */
  contentsInStore: v.number(),
  bytesInStore: v.bigint(),
  /** Distinct contents that will be sent. */
  contentsNew: v.number(),
  bytesNew: v.bigint(),
  /** Files that the patterns leave out. */
  filesLeftOut: v.number(),
  bytesLeftOut: v.bigint(),
  /** The numbers will not change by themselves any more. */
  isReady: v.boolean(),
  /** How long sending may take, in milliseconds; none while it is not ready, or nobody can say. */
  estimate: v.exactOptional(v.object({ time: v.bigint(), basis: v.picklist(["earlier-upload", "cap"]) })),
}) satisfies v.GenericSchema<engine.UploadPreview>;
export type Preview = v.InferOutput<typeof PreviewSchema>;

/** Everything a page shows of one upload. */
const UploadStateSchema = v.object({
  uploadId: UploadId,
  /** What was dropped, for people: the folder's name, or "3 items". */
  label: v.string(),
  profileName: v.string(),
  assetRoot: v.string(),
  /** Host name and port that requests go to. */
  server: v.string(),
  /** Milliseconds since 1970. */
  startedAt: v.number(),
  /** Milliseconds since 1970; set at the end. */
  endedAt: v.exactOptional(v.number()),
  phase: UploadPhaseSchema,
  /** Set when phase is `cancelled` and it was a preview until then: nothing of it was sent. */
  isGivenUp: v.exactOptional(v.literal(true)),
  /** `complete` once the walk through the dropped folders has ended. */
  found: v.object({ files: v.number(), bytes: v.bigint(), complete: v.boolean() }),
  hashing: PhaseProgressSchema,
  checking: PhaseProgressSchema,
  uploading: PhaseProgressSchema,
  /** Whole percent of the way: 100 only when it is complete. */
  percent: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  /** A file that is being worked on right now. */
  currentFile: v.exactOptional(v.string()),
  /** Set while nothing leaves. */
  waiting: v.exactOptional(WaitingSchema),
  /** Bytes that leave each second, smoothed. */
  bytesPerSecond: v.bigint(),
  /** Milliseconds to the end, estimated; left out as long as nobody can say. */
  remaining: v.exactOptional(v.bigint()),
  /** Set while nothing is sent before `upload.send`. */
  preview: v.exactOptional(PreviewSchema),
  /** What was chosen before that. */
  patterns: v.exactOptional(FilePatternsSchema),
  /** Set while nothing can be sent, because the choice that was told last cannot be read. */
  refusal: v.exactOptional(ProblemSchema),
  /** What was dropped and is not in the manifest: the first of it, during a preview and at the end. */
  notTaken: v.pipe(v.array(NotTakenSchema), v.maxLength(NAMED_AT_MOST)),
  /** How much of that there is; the list of files has all of it. */
  notTakenCount: v.number(),
  /** Set when phase is `complete`. */
  result: v.exactOptional(UploadResultSchema),
  /** Set when phase is `failed`: at least one. The first one is the cause; others name further files, the first of them. */
  problems: v.pipe(v.array(ProblemSchema), v.maxLength(NAMED_AT_MOST)),
  /** How many there are; the failures in the list of files are all of them. */
  problemCount: v.number(),
  /**
   * Set when phase is `failed` and something can be done about it: take it up again, or choose the same again, because
   * there are no handles to read what has changed.
   */
  retry: v.exactOptional(v.picklist(["now", "choose-again"])),
});
export type UploadState = v.InferOutput<typeof UploadStateSchema>;

/** Pages to engine host, over the {@link UPLOADS_CHANNEL}, which only our own origin can open. */
export const toUploads = {
  /** Ask every engine host to announce its uploads now. */
  "uploads.query": { schema: v.strictObject({ to: v.literal("host"), type: v.literal("uploads.query") }) },
  /** Some files of a drop; answered by `intake.taken` with the same `batch`. */
  "intake.files": {
    schema: v.strictObject({
      to: v.literal("host"),
      type: v.literal("intake.files"),
      uploadId: UploadId,
      batch: v.number(),
      files: v.array(FoundFileSchema),
      notTaken: v.array(NotTakenSchema),
    }),
  },
  /**
   * What was dropped, as handles that outlive the drop: for fresh looks at files that change, and to continue after
   * a crash. Comes at most once, where the browser gives such handles.
   */
  "intake.roots": {
    schema: v.strictObject({
      to: v.literal("host"),
      type: v.literal("intake.roots"),
      uploadId: UploadId,
      roots: v.array(RootSchema),
    }),
  },
  /** Nothing more will come. */
  "intake.end": {
    schema: v.strictObject({ to: v.literal("host"), type: v.literal("intake.end"), uploadId: UploadId }),
  },
  /** From now on these patterns decide which files belong to an upload that was not told to send yet. */
  "upload.select": {
    schema: v.strictObject({
      to: v.literal("host"),
      type: v.literal("upload.select"),
      uploadId: UploadId,
      patterns: FilePatternsSchema,
    }),
  },
  /** Send what was held until now. */
  "upload.send": {
    schema: v.strictObject({ to: v.literal("host"), type: v.literal("upload.send"), uploadId: UploadId }),
  },
  /** Send nothing until it is resumed. */
  "upload.pause": {
    schema: v.strictObject({ to: v.literal("host"), type: v.literal("upload.pause"), uploadId: UploadId }),
  },
  /** Go on after a pause. */
  "upload.resume": {
    schema: v.strictObject({ to: v.literal("host"), type: v.literal("upload.resume"), uploadId: UploadId }),
  },
  /** Which files are there, and how far? Answered by `files.rows` with the same `query`; not by a host that has no such upload. */
  "files.query": {
    schema: v.strictObject({
      to: v.literal("host"),
      type: v.literal("files.query"),
      uploadId: UploadId,
      query: QueryId,
      filter: FileFilterSchema,
      /** First line, from 0. */
      from: WholeNumber,
      count: v.pipe(WholeNumber, v.maxValue(FILE_ROWS_AT_MOST)),
    }),
  },
  /** Make the receipt of an upload that has ended. Answered by `receipt.made` with the same `query`. */
  "receipt.make": {
    schema: v.strictObject({
      to: v.literal("host"),
      type: v.literal("receipt.make"),
      uploadId: UploadId,
      query: QueryId,
      format: ReceiptFormatSchema,
    }),
  },
  /** Stop at once; what is already in the store stays there. */
  "upload.cancel": {
    schema: v.strictObject({ to: v.literal("host"), type: v.literal("upload.cancel"), uploadId: UploadId }),
  },
} as const;
export type ToUploads = v.InferOutput<(typeof toUploads)[keyof typeof toUploads]["schema"]>;

/** Engine host to pages, over the {@link UPLOADS_CHANNEL}. */
export const fromUploads = {
  /** A batch has arrived. */
  "intake.taken": {
    schema: v.strictObject({
      to: v.literal("pages"),
      type: v.literal("intake.taken"),
      uploadId: UploadId,
      batch: v.number(),
    }),
  },
  /** The lines that were asked for. */
  "files.rows": {
    schema: v.strictObject({
      to: v.literal("pages"),
      type: v.literal("files.rows"),
      uploadId: UploadId,
      query: QueryId,
      window: FileWindowSchema,
    }),
  },
  /** A receipt; by reference, so that no page has to hold it. */
  "receipt.made": {
    schema: v.strictObject({
      to: v.literal("pages"),
      type: v.literal("receipt.made"),
      uploadId: UploadId,
      query: QueryId,
      receipt: v.blob(),
    }),
  },
  /** At most ten a second for each upload. */
  "upload.state": {
    schema: v.strictObject({
      to: v.literal("pages"),
      type: v.literal("upload.state"),
      state: UploadStateSchema,
    }),
  },
} as const;
export type FromUploads = v.InferOutput<(typeof fromUploads)[keyof typeof fromUploads]["schema"]>;

/** Name of the BroadcastChannel by which the popup passes a drop to a workspace. */
export const DROPS_CHANNEL = "drops";

const ReceiverId = v.pipe(v.string(), v.uuid());

/** Popup to workspace and back, over the {@link DROPS_CHANNEL}, which only our own origin can open. */
export const drops = {
  /** Popup: who could take a drop? */
  "drop.ask": { schema: v.strictObject({ type: v.literal("drop.ask") }) },
  /** Workspace: this one could. */
  "drop.ready": { schema: v.strictObject({ type: v.literal("drop.ready"), receiver: ReceiverId }) },
  /** Popup: take this. */
  "drop.give": {
    schema: v.strictObject({
      type: v.literal("drop.give"),
      receiver: ReceiverId,
      roots: v.array(RootSchema),
      files: v.array(v.file()),
    }),
  },
  /** Workspace: it has it. */
  "drop.taken": { schema: v.strictObject({ type: v.literal("drop.taken"), receiver: ReceiverId }) },
} as const;
