/** Memory of uploads in Node: 200 files of 100 MB one after the other, and one of 20 GB. The package must be packed. */
import { uploadMemory } from "../tests/packaging/upload-memory.ts";

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

const many = await uploadMemory(100e6, 200);
console.log(`200 x 100 MB: ${mib(many.early)} after 20, ${mib(many.peak)} after 200`);
const large = await uploadMemory(20e9, 1);
console.log(`20 GB: ${mib(large.peak)}`);
