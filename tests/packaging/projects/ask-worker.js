/** A page that has a worker do it. */
const kind = new URL(location.href).searchParams.get("worker");

async function target() {
  if (kind === "module") return new Worker("./worker.js", { type: "module" });
  await navigator.serviceWorker.register("./worker.js", { type: "module" });
  return (await navigator.serviceWorker.ready).active;
}

globalThis.outcome = target().then(
  (worker) =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve({ error: event.message });
      worker.postMessage("go", [port2]);
    }),
);
