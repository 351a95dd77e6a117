/** Hashes the file of an input, as often as it is told to. */
import { WorkerExecutor } from "/deadlinejs/dist/hash/index.js";

const input = document.body.appendChild(document.createElement("input"));
input.type = "file";
const executor = new WorkerExecutor();

globalThis.hashChosen = async (rounds) => {
  const [file] = input.files;
  let hash;
  for (let round = 0; round < rounds; round++) ({ hash } = await executor.hashFile(file));
  return hash;
};
