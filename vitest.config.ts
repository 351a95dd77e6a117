import { defineConfig } from "vitest/config";

const E2E = ["tests/e2e/**/*.test.ts", "tests/security/**/*.test.ts"];
const NOT_E2E = ["tests/security/supply/**", "tests/**/*.unit.test.ts"];
/** Waits for ten minutes: Firefox would stop the event page. */
const IDLE = "tests/e2e/event-page.test.ts";
/** They measure time, which would be that of other tests beside them. */
const ALONE = ["tests/e2e/popup-paint.test.ts", "tests/e2e/long-list.test.ts"];
/** What runs once is not about the browser that the tests run in, or needs what Firefox has not. */
const NOT_IN_FIREFOX = [
  // The library, which starts both browsers itself or none, and the driver of Firefox.
  "tests/e2e/library-*.test.ts",
  "tests/e2e/object-stores.test.ts",
  "tests/e2e/s3-client.test.ts",
  "tests/e2e/firefox.test.ts",
  // Reads the built files of both.
  "tests/security/package.test.ts",
  // They look into Chromium by its own protocol: heap snapshots, the log of its network, the worlds of its scripts.
  "tests/security/{enforced,full-run,memory,sign-out}.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: ["extension/shared/fake-i18n.ts"],
          include: ["deadlinejs/**/*.test.ts", "extension/**/*.test.ts", "tests/**/*.unit.test.ts"],
        },
      },
      {
        test: {
          name: "wasm",
          include: ["tests/wasm/**/*.test.ts"],
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "gateway",
          include: ["tests/gateway/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "uploads",
          include: ["tests/uploads/**/*.test.ts", "tests/side-by-side/**/*.test.ts"],
          // One after the other: they share the processors and the server.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "packaging",
          include: ["tests/packaging/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          exclude: [...NOT_E2E, IDLE, ...ALONE, "tests/security/firefox.test.ts"],
          include: E2E,
          // One browser at a time: two would share the server.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // With TEST_BROWSER=firefox.
        test: {
          name: "e2e-firefox",
          exclude: [...NOT_E2E, IDLE, ...ALONE, ...NOT_IN_FIREFOX],
          include: E2E,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // In either browser.
        test: {
          name: "e2e-alone",
          include: ALONE,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // With TEST_BROWSER=firefox, beside others.
        test: {
          name: "e2e-idle",
          include: [IDLE],
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "supply",
          include: ["tests/security/supply/**/*.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["tests/faults-e2e/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
