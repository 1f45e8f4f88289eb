"""Makes transform-bounds.json and projjson-epsg.json with PROJ (pyproj). Run: python make.py"""
import json, math
from pathlib import Path
import pyproj
from pyproj import CRS, Transformer

here = Path(__file__).parent
cases = []
boxes = {
    32631: [[500000, 5000000, 600000, 5100000], [399960, 5490240, 509760, 5600040]],
    32719: [[300000, 6200000, 409800, 6309800]],
    3857: [[0, 5000000, 500000, 5600000]],
    3035: [[4000000, 2500000, 4600000, 3200000]],
    3413: [[500000, -2000000, 900000, -1500000]],
    3031: [[500000, 1000000, 900000, 1500000]],
    5070: [[-500000, 1500000, 300000, 2100000]],
    2154: [[600000, 6500000, 800000, 6700000]],
    6933: [[0, 1000000, 800000, 2000000]],
    4326: [[3.0, 45.0, 4.5, 46.5], [-75.5, 39.0, -73.0, 41.0]],
}
for src, list_ in boxes.items():
    for dst in [4326, 3857, 32631, 32632, 3035, 32618]:
        if dst == src:
            continue
        if (dst in (32631, 32632, 3035) and src not in (32631, 3857, 3035, 2154, 4326)) or (dst == 32618 and src not in (4326, 5070)):
            continue
        for box in list_:
            if dst in (32631, 32632, 3035) and box[0] < -70 and src == 4326 or dst == 32618 and src == 4326 and box[0] > 0:
                continue
            # Axis order x, y; PROJ densifies with 21 interior points too.
            t = Transformer.from_crs(src, dst, always_xy=True)
            out = t.transform_bounds(*box, densify_pts=21)
            if all(math.isfinite(v) for v in out):
                cases.append({"from": f"EPSG:{src}", "to": f"EPSG:{dst}", "bounds": box, "expected": list(out)})
(here / "transform-bounds.json").write_text(json.dumps({"proj": pyproj.proj_version_str, "cases": cases}, indent=1) + "\n")
wkt = {str(c): CRS.from_epsg(c).to_wkt("WKT1_GDAL") for c in (32631, 32733, 4326, 3857, 3035, 2154, 5070)}
wkt2 = {str(c): CRS.from_epsg(c).to_wkt("WKT2_2019") for c in (32631, 32733, 4326, 3857, 3035)}
projjson = {str(c): CRS.from_epsg(c).to_json_dict() for c in (32631, 4326, 3035)}
(here / "crs-texts.json").write_text(json.dumps({"wkt1": wkt, "wkt2": wkt2, "projjson": projjson}, indent=1) + "\n")
