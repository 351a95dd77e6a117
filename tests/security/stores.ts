/** What an extension's own pages can read of all that their origin keeps. */

/** Everything, as text, by place. To be run in a page of the extension: it uses nothing from outside of itself. */
export const readStores = async (): Promise<Record<string, string>> => {
  const texts: Record<string, string> = {
    local: JSON.stringify(await chrome.storage.local.get(null)),
    sync: JSON.stringify(await chrome.storage.sync.get(null)),
    session: JSON.stringify(await chrome.storage.session.get(null)),
    localStorage: JSON.stringify({ ...localStorage }),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    cookies: document.cookie,
    addresses: performance
      .getEntries()
      .map(({ name }) => name)
      .join("\n"),
    page: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll("input, textarea")]
      .map((field) => (field as HTMLInputElement).value)
      .join(),
    caches: "",
    IndexedDB: "",
    files: "",
  };
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys())
      texts.caches += `${request.url} ${await (await caches.match(request))?.text()}`;
  for (const { name = "" } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      for (const asking of [objects.getAll(), objects.getAllKeys()]) {
        await new Promise((resolve) => {
          asking.onsuccess = resolve;
        });
        texts.IndexedDB += `${store} ${JSON.stringify(asking.result, (_, one) =>
          typeof one === "bigint"
            ? `${one}`
            : one instanceof ArrayBuffer
              ? [...new Uint8Array(one)].join()
              : one,
        )}\n`;
      }
    }
    database.close();
  }
  for await (const [name, handle] of await navigator.storage.getDirectory())
    texts.files +=
      name + (handle.kind === "file" ? await (await (handle as FileSystemFileHandle).getFile()).text() : "");
  return texts;
};
