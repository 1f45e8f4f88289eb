"""Makes epsg.json: places of some CRSs of every projection, by PROJ without grids.

    python scripts/epsg/make.py candidates.json && python test/oracles/core/make-epsg.py candidates.json
"""
import collections
import json
import random
import re
import sys
from pathlib import Path

USED = {2056, 21781, 2193, 31985, 27700, 31370, 28992, 25832, 4269, 4674, 2180, 3857, 3395, 3006, 28355, 7855, 2263,
        31467, 23700, 27561, 3413, 3031, 6933, 5070, 2154, 3035, 32633, 32733, 3577, 3978, 2039}
random.seed(4)
rows = json.load(open(sys.argv[1]))
by_projection = collections.defaultdict(list)
for row in rows:
    by_projection[re.search(r"proj=(\w+)", row["proj"]).group(1)].append(row)
chosen = [r for some in by_projection.values() for r in random.sample(some, min(len(some), 14))]
chosen += [r for r in rows if r["code"] in USED and r not in chosen]
lines = []
for row in sorted(chosen, key=lambda r: r["code"]):
    p = row["points"]
    digits = 9 if row["geographic"] else 4
    points = [[round(v, 9) for v in q[:2]] + [round(v, digits) for v in q[2:]] for q in (p[0], p[len(p) // 2], p[-1])]
    lines.append(json.dumps({"code": row["code"], "points": points, "geographic": row["geographic"]}, separators=(",", ":")))
(Path(__file__).parent / "epsg.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
