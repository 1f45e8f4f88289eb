"""Arrays that GDAL warps, for test/unit/pixels/warp-gdal.test.ts.

python test/oracles/warp/make.py        (rasterio 1.4.4, GDAL 3.10.3, numpy)

Inputs are made by a formula that the test repeats. Semantics: gdalwarp -et 0 -ovr NONE -wo XSCALE=1 -wo YSCALE=1.
WarpedVRT with a tolerance of 1e-12 pixel, since rasterio.warp.reproject ignores its `tolerance` (it always approximates
coordinates, by up to 1e-4 pixel here) and WarpedVRT fails for a tolerance of 0.
"""
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
W, H = 46, 42            # source pixels
DW, DH = 34, 30          # destination pixels
LON, LAT = 6.02, 47.9    # on the border of UTM zones 31 and 32
RES = {"EPSG:4326": 0.0001, "EPSG:3857": 15.0, "EPSG:32631": 10.0, "EPSG:32632": 10.0, "EPSG:3035": 10.0}
# Destination pixel in units of the source's ground pixel, per method.
ZOOM = {"nearest": 1.13, "bilinear": 0.57, "cubic": 0.57, "average": 2.7, "min": 2.7, "max": 2.7}
NODATA = -1


def source_array():
    r, c = np.mgrid[0:H, 0:W]
    a = (c * 37 + r * 91 + (c * r) % 13 * 17 + (c // 3 * 5 + r // 4 * 11) % 7 * 40) % 1009
    a[20:24, 17:22] = NODATA
    a[5, 30] = NODATA
    return a.astype("int16")


def centre(crs):
    xs, ys = transform("EPSG:4326", crs, [LON], [LAT])
    return xs[0], ys[0]


def north_up(crs, res, width, height, shift=(0.0, 0.0)):
    x, y = centre(crs)
    # Corners on a tenth of a pixel: not on a lattice, like real files.
    left = round((x - res * width / 2 + shift[0] * res) / (res / 10)) * (res / 10)
    top = round((y + res * height / 2 + shift[1] * res) / (res / 10)) * (res / 10)
    return Affine(res, 0, left, 0, -res, top)


def south_up(t, height):
    return Affine(t.a, 0, t.c, 0, -t.e, t.f + t.e * height)


def rotated(t, degrees):
    return t * Affine.translation(W / 2, H / 2) * Affine.rotation(degrees) * Affine.translation(-W / 2, -H / 2)


sources = [(crs, crs, north_up(crs, RES[crs], W, H)) for crs in RES]
base = north_up("EPSG:32631", 10.0, W, H)
sources.append(("southup", "EPSG:32631", south_up(base, H)))
sources.append(("rotated", "EPSG:32631", rotated(base, 24.0)))
sources.append(("mirrored", "EPSG:32631", Affine(-10, 0, base.c + 10 * W, 0, -10, base.f)))

cases = []
arrays = {m: [] for m in ZOOM}
for name, crs, t in sources:
    for dst in RES if name.startswith("EPSG") else ("EPSG:32631", "EPSG:32632"):
        for method, zoom in ZOOM.items():
            # The destination's own pixel of the same ground size, so that zoom means the same in all CRSs.
            res = RES[dst] * zoom
            # A nearest window reaches beyond the source; the others do too when pixels are large.
            dt = north_up(dst, res, DW, DH, (0.37, -0.21))
            kw = {"XSCALE": "1", "YSCALE": "1"} if method in ("nearest", "bilinear", "cubic") else {}
            with MemoryFile() as memory:
                profile = {"width": W, "height": H, "count": 1, "dtype": "float64", "crs": crs, "transform": t, "nodata": NODATA}
                with memory.open(driver="GTiff", **profile) as f:
                    f.write(source_array().astype("float64"), 1)
                with memory.open() as f, WarpedVRT(
                    f, crs=dst, transform=dt, width=DW, height=DH, src_nodata=NODATA, nodata=NODATA,
                    resampling=Resampling[method], tolerance=1e-12, **kw,
                ) as vrt:
                    out = vrt.read(1)
            cases.append({"source": name, "crs": crs, "transform": list(t)[:6], "target": dst, "method": method,
                          "resolution": res, "origin": [dt.c, dt.f], "index": len(arrays[method])})
            arrays[method].append(out)

for method, list_ in arrays.items():
    exact = method in ("nearest", "min", "max")
    np.save(os.path.join(HERE, f"{method}.npy"), np.stack(list_).astype("int16" if exact else "float32"))
with open(os.path.join(HERE, "cases.json"), "w") as f:
    json.dump({"gdal": rasterio.__gdal_version__, "source": [H, W], "target": [DH, DW], "nodata": NODATA, "cases": cases}, f, indent=0)
    f.write("\n")
print(len(cases), "cases")
