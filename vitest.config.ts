import { defineConfig } from "vitest/config";

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
          exclude: [
            "tests/e2e/event-page.test.ts",
            "tests/security/firefox.test.ts",
            "tests/security/supply/**",
            "tests/**/*.unit.test.ts",
          ],
          include: ["tests/e2e/**/*.test.ts", "tests/security/**/*.test.ts"],
          // One browser at a time: two would share the processors and the server.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // With TEST_BROWSER=firefox.
        test: {
          name: "e2e-firefox",
          include: [
            ...[
              "upload",
              "permission",
              "waiting",
              "event-page",
              "preview",
              "receipt",
              "history",
              "retry",
            ].map((name) => `tests/e2e/${name}.test.ts`),
            "tests/security/firefox.test.ts",
          ],
          fileParallelism: false,
          testTimeout: 120_000,
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
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
