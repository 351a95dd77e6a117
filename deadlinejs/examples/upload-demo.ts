/** A page that uploads what a person chooses or drops: from files to the `attachments` of CreateJob. */
import {
  AttachmentError,
  createS3Location,
  type FilesToHash,
  init,
  type PlacedFile,
  type ProgressUpdate,
  type UploadResult,
  uploadAttachments,
} from "deadlinejs";

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const typed = (id: string) => element<HTMLInputElement>(id).value.trim();

/** What is to be uploaded; a dropped folder is walked while its first files are sent. */
let chosen: FilesToHash | undefined;
let stopper: AbortController | undefined;

// An address may fill in the form, but no secrets.
for (const [id, value] of new URLSearchParams(location.search)) {
  const input = document.getElementById(id);
  if (input instanceof HTMLInputElement && input.type !== "password") input.value = value;
}

function choose(files: FilesToHash, what: string): void {
  chosen = files;
  element("chosen").textContent = what;
}

for (const id of ["files", "folder"]) {
  const input = element<HTMLInputElement>(id);
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    choose(files, `${files.length} files chosen.`);
  });
}

const zone = element("drop");
zone.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
zone.addEventListener("dragleave", () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  // All at once: the browser empties the list when this function returns.
  const entries = [...(event.dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
  choose(walk(entries), `${entries.map(({ name }) => name).join(", ")} dropped.`);
});

/** All files below these entries, with their paths. */
async function* walk(entries: FileSystemEntry[]): AsyncGenerator<PlacedFile> {
  for (const entry of entries) {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      yield { file, relativePath: entry.fullPath.slice(1) };
      continue;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) break;
      yield* walk(some);
    }
  }
}

function showProgress({ phase, currentFile, ...done }: ProgressUpdate): void {
  if (phase !== "complete") {
    const bar = element<HTMLProgressElement>(phase);
    bar.max = Math.max(1, Number(done.totalBytes));
    bar.value = Number(done.bytesProcessed);
  }
  const files = `${done.filesProcessed} of ${done.totalFiles}`;
  element("status").textContent = `${phase}: ${files} ${currentFile ?? ""}`;
}

function showResult({ attachments, statistics }: UploadResult): void {
  for (const id of ["hashing", "checking", "uploading"]) {
    const bar = element<HTMLProgressElement>(id);
    bar.value = bar.max;
  }
  const { filesProcessed, filesTransferred, filesSkipped } = statistics;
  element("status").textContent =
    `Done: ${filesProcessed} files, ${filesTransferred} contents sent, ${filesSkipped} already there.`;
  element("attachments").textContent = JSON.stringify(attachments, null, 2);
  element("result").hidden = false;
}

async function upload(files: FilesToHash, signal: AbortSignal): Promise<void> {
  await init();
  const [bucket, rootPrefix, endpoint] = [typed("bucket"), typed("rootPrefix"), typed("endpoint")];
  const result = await uploadAttachments(
    files,
    typed("rootPath"),
    {
      region: typed("region"),
      credentials: {
        accessKeyId: typed("accessKeyId"),
        secretAccessKey: typed("secretAccessKey"),
        sessionToken: typed("sessionToken"),
      },
      ...(endpoint !== "" && { endpoint, pathStyle: true }),
    },
    createS3Location(bucket, rootPrefix),
    { bucket, rootPrefix, farmId: typed("farmId"), queueId: typed("queueId") },
    // The only format that released workers read.
    { manifestVersion: "v2023-03-03", journal: true, onProgress: showProgress, signal },
  );
  showResult(result);
}

element("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!chosen) {
    element("status").textContent = "Choose or drop something first.";
    return;
  }
  const files = chosen;
  stopper = new AbortController();
  element("result").hidden = true;
  const buttons = (isRunning: boolean) => {
    element<HTMLButtonElement>("upload").disabled = isRunning;
    element<HTMLButtonElement>("cancel").disabled = !isRunning;
  };
  buttons(true);
  try {
    await upload(files, stopper.signal);
  } catch (error) {
    const code = error instanceof AttachmentError ? ` (${error.code})` : "";
    element("status").textContent = `${error instanceof Error ? error.message : error}${code}`;
  } finally {
    buttons(false);
  }
});

element("cancel").addEventListener("click", () => stopper?.abort());
element("copy").addEventListener("click", () =>
  navigator.clipboard.writeText(element("attachments").textContent ?? ""),
);
