// `npm test`: installs, builds, and runs every layer of tests that this machine allows; names the others.
// The last line is `N passed, N failed`; the exit code is 0 only if none failed.
await import('./layers.mjs');
