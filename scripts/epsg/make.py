"""Lists the CRSs of the EPSG registry with PROJ strings, candidate datum shifts and checkpoints (pyproj 3.7, PROJ 9.5):

    python scripts/epsg/make.py candidates.json && node scripts/epsg/pack.mjs candidates.json

Grids are switched off, as in GDAL of the Python wheels and in proj4. Checkpoints are 5 x 5 places of the area of use.
"""
import json
import re
import sys
import warnings

import numpy as np
from pyproj import CRS, Transformer, network
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

warnings.filterwarnings("ignore")
network.set_network_enabled(False)
WGS84 = CRS.from_epsg(4326)
TYPES = [PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS]
known_shifts = {}


def shifts(geodetic):
    """Shifts to WGS 84 without grids, of three or seven parameters, position vector convention."""
    key = geodetic.to_wkt()
    if key in known_shifts:
        return known_shifts[key]
    found = []
    for transformer in TransformerGroup(geodetic, WGS84, always_xy=True).transformers:
        steps = re.split(r"\bstep\b", transformer.definition)
        if any("grid" in s or "molobadekas" in s for s in steps):
            continue
        helmert = [s for s in steps if "proj=helmert" in s]
        if len(helmert) > 1:
            continue
        if not helmert:
            shift = (0.0, 0.0, 0.0)
        else:
            given = dict(re.findall(r"(\w+)=([^\s]+)", helmert[0]))
            values = [float(given.get(k, 0)) for k in ("x", "y", "z", "rx", "ry", "rz", "s")]
            if given.get("convention") == "coordinate_frame":
                values[3:6] = [-v for v in values[3:6]]
            if "inv " in helmert[0]:
                values = [-v for v in values]
            shift = tuple(values) if any(values[3:]) else tuple(values[:3])
        if shift not in found:
            found.append(shift)
    known_shifts[key] = found[:12]
    return known_shifts[key]


rows = []
for info in query_crs_info(auth_name="EPSG", pj_types=TYPES, allow_deprecated=True):
    crs = CRS.from_epsg(info.code)
    try:
        proj = crs.to_proj4()
    except CRSError:
        continue
    area = info.area_of_use
    # Axes that point west or south have no x, y order.
    if not proj or "+axis" in proj or area is None:
        continue
    east = area.east + (360 if area.east < area.west else 0)
    south, north = max(area.south, -89.5), min(area.north, 89.5)
    lon = np.linspace(area.west + 0.02 * (east - area.west), east - 0.02 * (east - area.west), 5)
    lat = np.linspace(south + 0.02 * (north - south), north - 0.02 * (north - south), 5)
    lon, lat = (a.ravel() for a in np.meshgrid((lon + 180) % 360 - 180, lat))
    x, y = Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)
    fine = np.isfinite(x) & np.isfinite(y)
    if fine.sum() < 5:
        continue
    rows.append(
        {
            "code": int(info.code),
            "name": info.name,
            "base": [crs.geodetic_crs.to_epsg(), crs.geodetic_crs.name, crs.geodetic_crs.datum.name],
            "geographic": info.type == PJType.GEOGRAPHIC_2D_CRS,
            "proj": re.sub(r"\s*\+(type=crs|no_defs)", "", proj).strip(),
            "shifts": shifts(crs.geodetic_crs),
            "points": [[*map(float, p)] for p, ok in zip(zip(lon, lat, x, y), fine) if ok],
        }
    )
json.dump(rows, open(sys.argv[1], "w"))
print(len(rows), "CRSs")
