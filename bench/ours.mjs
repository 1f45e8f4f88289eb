// Our side: `node bench/ours.mjs prepare|run NAME DIR N`, with the benchmark in `ours/NAME.mjs`, which exports
//   prepare({ dir, n })       makes the input that both sides read,
//   load({ dir, n })          optional: what both sides hold in memory before the clock starts,
//   run({ dir, n, input })    the timed work: { check: numbers, operations?: how many wall and cpu are divided by,
//                             p50?: median of single operations in ms }.
// `run` prints { wall, cpu, rss, check, p50? }.
const [mode, name, dir, count] = process.argv.slice(2);
const n = Number(count);
const benchmark = await import(new URL(`ours/${name}.mjs`, import.meta.url).href);

if (mode === 'prepare') {
  await benchmark.prepare({ dir, n });
  console.log('{}');
} else {
  const input = await benchmark.load?.({ dir, n });
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const { operations = 1, ...result } = await benchmark.run({ dir, n, input });
  const wall = (performance.now() - startedAt) / 1000;
  const used = process.cpuUsage(cpu);
  console.log(
    JSON.stringify({
      wall: wall / operations,
      cpu: (used.user + used.system) / 1e6 / operations,
      rss: process.resourceUsage().maxRSS / 1024,
      ...result,
    }),
  );
}
