// `npm run bench [-- NAME …] [-- --small] [-- --pairs=N]`: our side and the peer in turn, in one run, on one input, with one result checked.
// Prints one JSON line a benchmark and a table. Without the peers' Python (`npm run bench:peers`) it runs our side and says so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT } from '../scripts/lib/setup.mjs';
import { benchmarks } from './benchmarks.mjs';

const small = process.argv.includes('--small');
/** `--pairs=2` shortens what takes minutes a run; the range says how far pairs differ. */
const PAIRS = Number(/^--pairs=(\d+)$/.exec(process.argv.find((a) => a.startsWith('--pairs=')) ?? '')?.[1] ?? 5);
const names = process.argv.slice(2).filter((a) => !a.startsWith('-'));
const unknown = names.filter((n) => !(n in benchmarks));
if (unknown.length) {
  console.error(`No benchmark called ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(1);
}
ensureInstalled();
ensureBuilt();
const python = [process.env.NADIR_PEERS_PYTHON, path.join(ROOT, 'bench/.venv/bin/python')].find(
  (p) => p && existsSync(p),
);
if (!python)
  console.error(
    'no peers: run `npm run bench:peers` first, or name a Python in NADIR_PEERS_PYTHON; running our side only',
  );

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** One timed run in a process of its own; it prints { wall, cpu, rss, check }. */
function once(command, args) {
  const done = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(`${path.basename(args[0])} failed: ${done.stderr.slice(-2000)}`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1));
}

const close = (a, b, tolerance) =>
  a.length === b.length && a.every((v, i) => Math.abs(v - b[i]) <= tolerance * Math.max(1, Math.abs(b[i])));

/** Slope of log(time) over log(n), by least squares. */
function exponent(points) {
  const logs = points.map(([n, t]) => [Math.log(n), Math.log(t)]);
  const mean = (axis) => logs.reduce((sum, p) => sum + p[axis], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  return logs.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0) / logs.reduce((s, [x]) => s + (x - mx) ** 2, 0);
}

const round = (v) => (typeof v === 'number' ? Number(v.toPrecision(3)) : Array.isArray(v) ? v.map(round) : v);
const print = (line) =>
  console.log(JSON.stringify(Object.fromEntries(Object.entries(line).map(([k, v]) => [k, k === 'n' ? v : round(v)]))));

let unequal = 0;

/** Our side and the peer in turn at one size; prints and returns the line. */
function measure(name, n) {
  const { unit, tolerance } = benchmarks[name];
  const dir = mkdtempSync(path.join(tmpdir(), `nadir-bench-${name}-`));
  try {
    once(process.execPath, ['bench/ours.mjs', 'prepare', name, dir, String(n)]);
    const ours = [];
    const peer = [];
    for (let i = 0; i < (small ? 1 : PAIRS); i++) {
      ours.push(once(process.execPath, ['bench/ours.mjs', 'run', name, dir, String(n)]));
      if (python) peer.push(once(python, ['bench/peers/run.py', name, dir, String(n)]));
    }
    const ratios = ours.map((o, i) => (peer[i] ? peer[i].wall / o.wall : NaN));
    const equal = peer.length ? ours.every((o, i) => close(o.check, peer[i].check, tolerance)) : null;
    if (equal === false) {
      unequal++;
      console.error(`${name}: results differ: ours ${ours[0].check.join(' ')}, peer ${peer[0].check.join(' ')}`);
    }
    const p50 = (runs) => (runs.some((r) => 'p50' in r) ? median(runs.map((r) => r.p50)) : undefined);
    const line = {
      name,
      n,
      unit,
      ours: median(ours.map((o) => o.wall)),
      peer: peer.length ? median(peer.map((p) => p.wall)) : null,
      ratio: peer.length ? median(ratios) : null,
      range: peer.length ? [Math.min(...ratios), Math.max(...ratios)] : null,
      ours_cpu: median(ours.map((o) => o.cpu)),
      peer_cpu: peer.length ? median(peer.map((p) => p.cpu)) : null,
      pairs: peer.length,
      rss_mb: Math.round(Math.max(...ours.map((o) => o.rss))),
      equal,
      p50_ms: p50(ours),
      peer_p50_ms: p50(peer),
      // Where requests are the cost.
      requests: ours[0].requests,
      peer_requests: peer[0]?.requests,
    };
    print(line);
    return line;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

for (const name of names.length ? names : Object.keys(benchmarks)) {
  const { sizes } = benchmarks[name];
  // Sizes a decade apart, where there are any, end at the full size; their growth is that of single operations, if timed.
  const lines = (small ? [sizes.small] : (sizes.growth ?? [sizes.full])).map((n) => measure(name, n));
  if (lines.length > 1) print({ name, growth: exponent(lines.map((l) => [l.n, l.p50_ms ?? l.ours])) });
}
process.exit(unequal ? 1 : 0);
