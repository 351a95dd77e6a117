import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { byId, make } from "../shared/dom.ts";
import { formatBytes, formatCount, formatList } from "../shared/format.ts";
import {
  FILE_ROWS_AT_MOST,
  type FileFilter,
  type FileRow,
  type FileStatus,
  type FileWindow,
} from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { problemParts } from "../shared/problem-element.ts";
import { localProblem } from "../shared/problem-text.ts";
import { type MessageName, text } from "../shared/text.ts";
import type { UploadsClient } from "../shared/uploads-client.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Between two looks at a running upload, in milliseconds. */
const LOOK_EVERY = 500;
/** Lines above and below those in view that are there already when somebody scrolls. */
const OVERSCAN = 10;
/** Height of a line in rem, as in the style sheet. */
const LINE_REM = 3.25;

const STATUS: Record<FileStatus, MessageName> = {
  waiting: "filesWaiting",
  hashing: "filesHashing",
  checking: "filesChecking",
  sending: "filesSending",
  "in-store": "filesInStore",
  sent: "filesSent",
  failed: "filesFailed",
  skipped: "filesSkipped",
  "not-sent": "filesNotSent",
};

/** Said where the list has no line because of its filter. */
const NONE: Partial<Record<FileFilter, MessageName>> = {
  failures: "filesNoFailures",
  skipped: "filesNoSkipped",
};

/**
 * Every file of the upload that is shown, with its state. The engine holds the list: this page asks for the lines in
 * view, a few times a second while it runs, and holds no others.
 */
export class FileList {
  readonly #section = byId("files-section", HTMLDetailsElement);
  readonly #list = byId("files", HTMLElement);
  readonly #lines = byId("files-lines", HTMLElement);
  readonly #filter = byId("files-filter", HTMLSelectElement);
  readonly #uploads: Pick<UploadsClient, "files">;
  readonly #virtual: Virtualizer<HTMLElement, HTMLElement>;
  readonly #shown = new Map<number, HTMLElement>();
  #uploadId: string | undefined;
  #isRunning = false;
  /** What was answered last, and which line is its first. */
  #window: FileWindow | undefined;
  #from = 0;
  /** The line that the keyboard is at. */
  #current: number | undefined;
  #isAsking = false;
  #asksAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Connects the list of the page. */
  constructor(uploads: Pick<UploadsClient, "files">) {
    this.#uploads = uploads;
    this.#virtual = new Virtualizer({
      count: 0,
      getScrollElement: () => this.#list,
      estimateSize: lineHeight,
      overscan: OVERSCAN,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#draw(),
    });
    this.#virtual._didMount();
    this.#virtual._willUpdate();
    this.#filter.addEventListener("change", () => this.#begin());
    this.#section.addEventListener("toggle", () => void this.#look());
    this.#list.addEventListener("keydown", (event) => this.#press(event));
    this.#list.addEventListener("click", (event) => {
      const line = (event.target as Element).closest<HTMLElement>("[data-line]");
      if (line) this.#moveTo(Number(line.dataset.line));
    });
  }

  /** Shows the list of this upload, or none; looks again by itself while it runs. */
  show(uploadId: string | undefined, isRunning: boolean): void {
    this.#section.hidden = uploadId === undefined;
    const wasRunning = this.#isRunning;
    this.#isRunning = isRunning;
    if (uploadId !== this.#uploadId) {
      this.#uploadId = uploadId;
      this.#filter.value = "all";
      this.#begin();
    } else if (wasRunning !== isRunning) {
      void this.#look();
    }
  }

  #begin(): void {
    this.#window = undefined;
    this.#from = 0;
    this.#current = undefined;
    this.#setCount(0);
    this.#list.scrollTop = 0;
    byId("files-note", HTMLElement).textContent = "";
    this.#draw();
    void this.#look();
  }

  /** Asks for what is in view; once more afterwards if something has changed meanwhile. */
  async #look(): Promise<void> {
    const uploadId = this.#uploadId;
    if (uploadId === undefined || !this.#section.open) return;
    if (this.#isAsking) {
      this.#asksAgain = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#isAsking = true;
    const filter = this.#filter.value as FileFilter;
    const from = this.#firstWanted();
    const window = await this.#uploads
      .files(uploadId, { filter, from, count: FILE_ROWS_AT_MOST })
      .catch(() => undefined);
    this.#isAsking = false;
    const isWanted = uploadId === this.#uploadId && this.#filter.value === filter;
    if (isWanted) this.#take(window, from);
    const asksAgain = this.#asksAgain || !isWanted;
    this.#asksAgain = false;
    if (asksAgain) void this.#look();
    else if (this.#isRunning) this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY);
  }

  /** So that as many lines are known above those in view as below. */
  #firstWanted(): number {
    const items = this.#virtual.getVirtualItems();
    const spare = Math.max(0, FILE_ROWS_AT_MOST - items.length) >> 1;
    return Math.max(0, (items[0]?.index ?? 0) - spare);
  }

  #take(window: FileWindow | undefined, from: number): void {
    const note = byId("files-note", HTMLElement);
    if (window === undefined) {
      note.textContent = text("filesGone");
      return;
    }
    this.#window = window;
    this.#from = from;
    const none = NONE[this.#filter.value as FileFilter];
    note.textContent = window.total === 0 && none !== undefined ? text(none) : "";
    byId("files-counts", HTMLElement).textContent = countsText(window.counts);
    this.#setCount(window.total);
    this.#draw();
  }

  #setCount(count: number): void {
    if (count === this.#virtual.options.count) return;
    this.#virtual.setOptions({ ...this.#virtual.options, count });
    this.#virtual._willUpdate();
    this.#lines.style.blockSize = `${this.#virtual.getTotalSize()}px`;
    if (this.#current !== undefined && this.#current >= count) this.#current = undefined;
  }

  #row(line: number): FileRow | undefined {
    return this.#window?.rows[line - this.#from];
  }

  #draw(): void {
    const items = this.#virtual.getVirtualItems();
    const inView = new Set(items.map(({ index }) => index));
    for (const [line, element] of this.#shown) {
      if (inView.has(line)) continue;
      element.remove();
      this.#shown.delete(line);
    }
    for (const { index, start } of items) {
      const element = this.#shown.get(index) ?? this.#add(index);
      element.style.insetBlockStart = `${start}px`;
      this.#fill(element, index);
    }
    this.#tellCurrent();
    if (items.some(({ index }) => this.#row(index) === undefined)) void this.#look();
  }

  #add(line: number): HTMLElement {
    const element = make(
      "div",
      { role: "option", class: "file-line", id: `file-${line}`, "data-line": String(line) },
      make("p", { class: "file-path" }),
      make("p", { class: "file-state small" }),
    );
    element.setAttribute("aria-posinset", String(line + 1));
    this.#shown.set(line, element);
    this.#lines.append(element);
    return element;
  }

  /** Changes only what is another thing than before: several times a second, under the eyes of a person. */
  #fill(element: HTMLElement, line: number): void {
    const row = this.#row(line);
    element.setAttribute("aria-setsize", String(this.#virtual.options.count));
    element.setAttribute("aria-selected", String(line === this.#current));
    const [path, state] = element.children;
    const shownPath = row?.path ?? "";
    if (path instanceof HTMLElement && path.dataset.path !== shownPath) {
      path.dataset.path = shownPath;
      path.replaceChildren(...(row ? [pathElement(row.path)] : []));
    }
    const shownState = row ? stateText(row) : text("filesLoading");
    if (state && state.textContent !== shownState) state.textContent = shownState;
    element.dataset.status = row?.status ?? "";
  }

  /** What the line that the keyboard is at has to say in full. */
  #tellCurrent(): void {
    const line = this.#current;
    const isThere = line !== undefined && this.#shown.has(line);
    if (isThere) this.#list.setAttribute("aria-activedescendant", `file-${line}`);
    else this.#list.removeAttribute("aria-activedescendant");
    const row = line === undefined ? undefined : this.#row(line);
    const detail = byId("files-detail", HTMLElement);
    if (line === undefined) {
      detail.replaceChildren();
      delete detail.dataset.shows;
    }
    if (row === undefined || detail.dataset.shows === detailKey(line, row)) return;
    detail.dataset.shows = detailKey(line, row);
    detail.replaceChildren(
      make("p", {}, pathElement(row.path)),
      ...(row.problem
        ? problemParts(row.problem)
        : [make("p", {}, text("filesRow", text(STATUS[row.status]), formatBytes(row.size)))]),
    );
  }

  #press(event: KeyboardEvent): void {
    const { count } = this.#virtual.options;
    const page = Math.max(1, Math.floor(this.#list.clientHeight / lineHeight()) - 1);
    const at = this.#current ?? -1;
    const wanted: Partial<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: count - 1,
    };
    const line = wanted[event.key];
    if (line === undefined || count === 0) return;
    event.preventDefault();
    this.#moveTo(Math.min(count - 1, Math.max(0, line)));
  }

  #moveTo(line: number): void {
    this.#current = line;
    this.#virtual.scrollToIndex(line);
    this.#draw();
  }
}

const detailKey = (line: number | undefined, row: FileRow): string =>
  [line, row.path, row.status, row.problem?.code].join("\n");

function lineHeight(): number {
  return LINE_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function stateText({ status, size, problem }: FileRow): string {
  const state = text(STATUS[status]);
  return problem
    ? text("filesRowProblem", state, visibleText(localProblem(problem).what))
    : text("filesRow", state, formatBytes(size));
}

function countsText(counts: FileWindow["counts"]): string {
  const some = (Object.keys(STATUS) as FileStatus[]).filter((status) => counts[status] > 0);
  return formatList(
    some.map((status) => text("filesCount", text(STATUS[status]), formatCount(counts[status]))),
  );
}
