// Fails when what a browser must fetch before the first screen is more than 300 KB of gzipped JavaScript.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 300;
const out = process.argv[2] ?? new URL("../../src/percorso/api/static", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));

/** The files that `entry` cannot start without: itself and what it imports, but not what it imports later. */
function needed(key, files = new Set()) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const other of chunk.imports ?? []) needed(other, files);
  return files;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
// The first screen is the list of journeys, in one language; signing in comes before it.
const first = [entry, "src/features/journeys/list/page.tsx", "src/lib/i18n/it/index.ts"];
const missing = first.filter((key) => !manifest[key]);
if (missing.length > 0) {
  console.error(`not in the build's manifest: ${missing.join(", ")}`);
  process.exit(1);
}
const files = new Set(first.flatMap((key) => [...needed(key)]));
const sizes = [...files].map((file) => gzipSync(readFileSync(join(out, file)), { level: 9 }).length);
const total = sizes.reduce((sum, size) => sum + size, 0) / 1000;
console.log(`first load: ${total.toFixed(1)} KB of ${LIMIT_KB} KB gzipped JavaScript in ${files.size} files`);
if (total > LIMIT_KB) process.exit(1);
// What only a few rooms need comes when it is needed: told by words that their libraries alone hold.
const later = { canvas: "react-flow__pane", charts: "echarts" };
for (const [what, word] of Object.entries(later)) {
  const brings = [...files].find((file) => readFileSync(join(out, file), "utf8").includes(word));
  if (brings) {
    console.error(`${brings} brings the ${what} into the first load; they must come when they are needed`);
    process.exit(1);
  }
}
