"""The peers' side: `python run.py NAME DIR N` does what a user of rasterio and geopandas would write, and prints
{ wall, cpu, rss, check, p50? } like our side. The benchmark is in NAME.py (hyphens as underscores), which has
`run(folder, n, data)`, returning { "check": numbers, "operations"?: count, "p50"?: ms }, and optionally `load(folder, n)`, outside the clock.
Imports are outside the timing on both sides; rasterio uses one thread."""
import importlib
import json
import resource
import sys
import time

name, folder, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
benchmark = importlib.import_module(name.replace("-", "_"))


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


data = benchmark.load(folder, n) if hasattr(benchmark, "load") else None
cpu0, t0 = cpu(), time.perf_counter()
result = benchmark.run(folder, n, data)
operations = result.pop("operations", 1)
wall, used = (time.perf_counter() - t0) / operations, (cpu() - cpu0) / operations
print(json.dumps({"wall": wall, "cpu": used, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, **result}))
