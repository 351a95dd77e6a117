/** `cargo xtask example`: the example page with a store to upload to, until it is interrupted. */
import { storeFromEnvironment } from "../s3.ts";
import { startExample } from "./example.ts";

const store = storeFromEnvironment();
const { url } = await startExample(store);
console.log(`\nOpen ${url}\n\nSecret access key of this server: ${store.secretKey}\n\nCtrl-C ends it.`);
setInterval(() => undefined, 1 << 30);
