/** What a person can fill in. */
export type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Whether it is a field of a form: what has no name is only a help to fill one. */
export function isField(target: unknown): target is Field {
  const canBeFilled =
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement;
  return canBeFilled && target.name !== "";
}

/** Shows a field's error beside it, or takes it away. */
export function showFieldError(field: Field, message: string | null): void {
  const error = document.getElementById(`${field.name}-error`);
  if (!error) throw new Error(`the page has no place for errors of ${field.name}`);
  if (error.textContent !== (message ?? "")) error.textContent = message ?? "";
  if (message === null) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
}
