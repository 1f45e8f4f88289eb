"""A matrix of warps by GDAL, for test/contract/data/warp-matrix.test.ts.

python test/oracles/warp-matrix/make.py        (rasterio 1.4.4, GDAL 3.10.3, numpy)

{file CRS or affine} x {slice CRS} x {method} x {magnify, about 1:1, downsample by 3}. The element type and how pixels are
missing (none, nodata, internal mask) go round with the cell. Files are made by a formula that the test repeats; only GDAL's
results are stored: per method, gzipped, Int16 of integer files (-32768 where invalid) and Float32 of others (NaN there).
Semantics: gdalwarp -et 0 -ovr NONE, with -wo XSCALE= -wo YSCALE= as wide as the specification says: GDAL's own widths depend on the window. WarpedVRT with a tolerance of 1e-12
pixel, since rasterio.warp.reproject approximates coordinates whatever its tolerance.
"""
import gzip
import json
import math
import os

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform

HERE = os.path.dirname(os.path.abspath(__file__))
W, H = 60, 52
SIDE = 64
LON, LAT = 7.3, 50.6
SINUSOIDAL = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
# About 250 m on the ground.
RES = {"EPSG:4326": 0.0025, "EPSG:32631": 250.0, "EPSG:32632": 250.0, "EPSG:3035": 250.0, "EPSG:3857": 390.0,
       "EPSG:3413": 250.0, "EPSG:6933": 250.0, "sinusoidal": 231.656358}
WKT = {**{k: k for k in RES}, "sinusoidal": SINUSOIDAL}
# Longitudes counted from 180 degrees east: a file across that meridian is in one piece, for GDAL too.
FROM_180 = "+proj=longlat +datum=WGS84 +pm=180 +no_defs"
TARGETS = ["EPSG:4326", "EPSG:32631", "EPSG:32632", "EPSG:3857", "EPSG:3035", "EPSG:3413"]
METHODS = ["nearest", "bilinear", "cubic", "average", "mode", "min", "max"]
ZOOMS = {"magnify": 0.4, "same": 1.03, "downsample": 3.0}
DTYPES = ["uint8", "int16", "uint16", "float32"]
HOLES = ["none", "nodata", "mask"]
NODATA = {"uint8": 255, "int16": -32768, "uint16": 0, "float32": -9999}


def field(dtype):
    """Whole numbers from 60 to 190, far enough from all nodata values that no cubic overshoot meets them."""
    r, c = np.mgrid[0:H, 0:W]
    return (60 + (c * 3 + r * 2 + (c * r) % 7 * 9 + (c // 4 * 5 + r // 3 * 11) % 5 * 20) % 131).astype(dtype)


def missing():
    r, c = np.mgrid[0:H, 0:W]
    return ((r // 5 + c // 7) % 6 == 0) & ((r * 5 + c * 3) % 4 != 1)


def centre(crs, lon=LON, lat=LAT):
    xs, ys = transform("EPSG:4326", crs, [lon], [lat])
    return xs[0], ys[0]


def north_up(crs, res, width, height, shift=(0.0, 0.0), at=(LON, LAT)):
    x, y = centre(crs, *at)
    left = round((x - res * width / 2 + shift[0] * res) / (res / 10)) * (res / 10)
    top = round((y + res * height / 2 + shift[1] * res) / (res / 10)) * (res / 10)
    return Affine(res, 0, left, 0, -res, top)


def rotated(t, degrees):
    return t * Affine.translation(W / 2, H / 2) * Affine.rotation(degrees) * Affine.translation(-W / 2, -H / 2)


files = [(crs, crs, north_up(WKT[crs], RES[crs], W, H)) for crs in RES]
base = north_up("EPSG:32632", 250.0, W, H)
files.append(("rotated", "EPSG:32632", rotated(base, 17.0)))
files.append(("south-up", "EPSG:32632", Affine(base.a, 0, base.c, 0, -base.e, base.f + base.e * H)))


def scales(crs, t, target, res):
    """Source pixels per slice pixel along the source's axes, at the file's centre (loading.md, 2.1, rule 6)."""
    src = WKT.get(crs, crs)
    xs, ys = transform(src, target, *[[v] for v in t @ (W / 2, H / 2)])
    x, y = xs[0], ys[0]
    px, py = transform(target, src, [x + res / 2, x - res / 2, x, x], [y, y, y + res / 2, y - res / 2])
    (eu, ev), (wu, wv), (nu, nv), (su, sv) = [~t @ p for p in zip(px, py)]
    k = [max(1.0, math.hypot(eu - wu, nu - su)), max(1.0, math.hypot(ev - wv, nv - sv))]
    return [float(round(s)) if abs(s - round(s)) <= 0.05 else s for s in k]


def warp(crs, t, dtype, holes, target, dt, method, scale):
    nodata = NODATA[dtype] if holes == "nodata" else None
    a = field(dtype)
    hole = missing()
    if nodata is not None:
        a[hole] = nodata
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), MemoryFile() as memory:
        with memory.open(driver="GTiff", width=W, height=H, count=1, dtype=dtype, crs=WKT.get(crs, crs), transform=t, nodata=nodata) as f:
            f.write(a, 1)
            if holes == "mask":
                f.write_mask((~hole).astype("uint8") * 255)
        with memory.open() as f, WarpedVRT(f, crs=target, transform=dt, width=SIDE, height=SIDE, resampling=Resampling[method],
                                           tolerance=1e-12, src_nodata=nodata, nodata=NODATA[dtype],
                                           **({"XSCALE": repr(1 / scale[0]), "YSCALE": repr(1 / scale[1])} if scale else {})) as vrt:
            out = vrt.read(1)
    return out, out != NODATA[dtype]


cases, blobs = [], {m: {"ints": [], "floats": []} for m in METHODS}


def add(name, crs, t, target, dt, method, zoom, dtype, holes):
    scale = scales(crs, t, target, dt.a)
    down = max(scale) > 1
    values, valid = warp(crs, t, dtype, holes, target, dt, method, scale if method in ("nearest", "bilinear", "cubic") else None)
    kind = "floats" if dtype == "float32" else "ints"
    cases.append({"file": name, "crs": "EPSG:4326" if crs == FROM_180 else crs, "transform": [t.a, t.b, t.c + (180 if crs == FROM_180 else 0), t.d, t.e, t.f], "target": target, "method": method, "zoom": zoom, "downsamples": down, "dtype": dtype,
                  "holes": holes, "resolution": dt.a, "origin": [dt.c, dt.f], "index": len(blobs[method][kind])})
    blobs[method][kind].append((values, valid))


turn = 0
for name, crs, t in files:
    for target in TARGETS:
        for method in METHODS:
            for zoom, factor in ZOOMS.items():
                dtype, holes = DTYPES[turn % 4], HOLES[turn // 4 % 3]
                turn += 1
                add(name, crs, t, target, north_up(target, RES[target] * factor, SIDE, SIDE, (0.37, -0.21)), method, zoom, dtype, holes)
        turn += 1
for method in METHODS:
    for zoom, factor in (("magnify", 0.4), ("downsample", 3.0)):
        # A file across 180 degrees east, seen from UTM 60 and from a polar projection, and one around the pole.
        res = RES["EPSG:4326"]
        date_line = Affine(res, 0, -res * W / 2, 0, -res, 66.0)
        at = (180.0, 66.0 - res * H / 2)
        for target in ("EPSG:32660", "EPSG:32601", "EPSG:3413"):
            add("antimeridian", FROM_180, date_line, target, north_up(target, 250.0 * factor, SIDE, SIDE, (0.37, -0.21), at), method, zoom, "int16", "nodata")
        pole = Affine(25000.0, 0, -25000.0 * W / 2, 0, -25000.0, 25000.0 * H / 2)
        add("pole", "EPSG:3413", pole, "EPSG:3995", Affine(25000.0 * factor, 0, -25000.0 * factor * SIDE / 2 + 7000, 0, -25000.0 * factor, 25000.0 * factor * SIDE / 2 - 3000), method, zoom, "float32", "nodata")

for method, kinds in blobs.items():
    for kind, list_ in kinds.items():
        # Values of all integer files fit sixteen bits; −32768 where invalid.
        type_, none = ("int16", -32768) if kind == "ints" else ("float32", np.nan)
        a = np.stack([np.where(m, v.astype("float64"), none) for v, m in list_]).astype(type_)
        with open(os.path.join(HERE, f"{method}.{kind}.gz"), "wb") as f:
            f.write(gzip.compress(a.tobytes(), 9, mtime=0))
with open(os.path.join(HERE, "cases.json.gz"), "wb") as f:
    f.write(gzip.compress(json.dumps({"gdal": rasterio.__gdal_version__, "source": [H, W], "side": SIDE, "nodata": NODATA, "cases": cases}).encode(), 9, mtime=0))
print(len(cases), "cases")
