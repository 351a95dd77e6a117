import { type Intake, labelFor } from "./intake.ts";

/**
 * What a file chooser gave. A chosen folder brings paths that begin with its own name; single files bring only
 * their names. The list is copied, so that the input may be emptied at once and take the same choice again.
 */
export function fromPicker(files: Iterable<File>): Intake {
  const items = [...files].map((file) => ({ file, relativePath: file.webkitRelativePath || file.name }));
  return { label: labelFor(items.map(topName)), items, roots: Promise.resolve([]) };
}

function topName({ relativePath }: { relativePath: string }): string {
  return relativePath.split("/", 1)[0] ?? relativePath;
}
