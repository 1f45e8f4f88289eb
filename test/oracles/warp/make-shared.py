"""Checksums of what GDAL makes of shared data, for test/contract/data/load-warp.test.ts.

python test/oracles/warp/make-shared.py SHARED_DATA_FOLDER        (rasterio 1.4.4, GDAL 3.10.3)

Nearest, every coordinate exact (WarpedVRT with a tolerance of 1e-12 pixel); bytes are (band, y, x).
"""
import hashlib
import json
import math
import os
import sys

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = {
    "landsat/rgb_mosaic/RGB.byte.tif": {"EPSG:4326": 0.003, "EPSG:3857": 350.0},
    "sentinel2/openeo_be/openEO_2023-06-01Z.tif": {"EPSG:4326": 0.0001, "EPSG:3857": 14.0, "EPSG:32632": 10.0, "EPSG:3035": 10.0},
}
cases = []
for name, targets in FILES.items():
    with rasterio.open(os.path.join(sys.argv[1], name)) as src:
        for crs, res in targets.items():
            xmin, ymin, xmax, ymax = transform_bounds(src.crs, crs, *src.bounds, densify_pts=21)
            left, top = math.floor(xmin / res) * res, math.ceil(ymax / res) * res
            width, height = math.ceil((xmax - left) / res), math.ceil((top - ymin) / res)
            with WarpedVRT(src, crs=crs, transform=Affine(res, 0, left, 0, -res, top), width=width, height=height,
                           src_nodata=src.nodata, nodata=src.nodata, resampling=Resampling.nearest, tolerance=1e-12,
                           XSCALE="1", YSCALE="1") as vrt:
                a = vrt.read()
            cases.append({"file": name, "crs": crs, "resolution": res, "origin": [left, top], "shape": list(a.shape),
                          "valid": int((a != src.nodata).sum()), "sha256": hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()})
with open(os.path.join(HERE, "shared.json"), "w") as f:
    json.dump({"gdal": rasterio.__gdal_version__, "cases": cases}, f, indent=1)
    f.write("\n")
