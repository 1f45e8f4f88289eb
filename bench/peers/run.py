"""The peers' side: `python run.py NAME DIR N` does what a user of rasterio and geopandas would write, and prints
{ wall, cpu, rss, check } like our side. Imports are outside the timing on both sides; rasterio uses one thread."""
import glob
import json
import os
import re
import resource
import sys
import time

import geopandas
import numpy as np
import pandas as pd
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import from_origin
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window
from shapely.geometry import box

name, folder, n = sys.argv[1], sys.argv[2], int(sys.argv[3])


def catalog_build():
    rows = []
    for path in sorted(glob.glob(os.path.join(folder, "*.tif"))):
        date = pd.to_datetime(re.search(r"_(\d{8})", os.path.basename(path)).group(1), format="%Y%m%d")
        with rasterio.open(path) as src:
            rows.append({"filepath": path, "start": date, "crs": src.crs.to_string(), "geometry": box(*src.bounds).segmentize(src.res[0] * src.width / 22)})
    table = pd.DataFrame(rows)
    parts = [geopandas.GeoDataFrame(part, geometry="geometry", crs=crs).to_crs("EPSG:32631") for crs, part in table.groupby("crs")]
    catalog = pd.concat(parts)
    return [len(catalog), *catalog.total_bounds.tolist()]


def chip_read():
    total = 0
    with rasterio.open(os.path.join(folder, "big.tif")) as src:
        for col, row in json.load(open(os.path.join(folder, "windows.json"))):
            total += int(src.read(window=Window(col, row, 256, 256)).sum(dtype=np.int64))
    return [total]


def chip_warp():
    total = 0
    with rasterio.open(os.path.join(folder, "big.tif")) as src:
        for xmin, ymin, xmax, ymax in json.load(open(os.path.join(folder, "boxes.json"))):
            transform = from_origin(xmin, ymax, 10, 10)
            with WarpedVRT(src, crs="EPSG:32632", transform=transform, width=256, height=256, resampling=Resampling.bilinear) as vrt:
                total += int(vrt.read().sum(dtype=np.int64))
    return [total]


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


work = {"catalog-build": catalog_build, "chip-read": chip_read, "chip-warp": chip_warp}[name]
cpu0, t0 = cpu(), time.perf_counter()
check = work()
wall, used = time.perf_counter() - t0, cpu() - cpu0
print(json.dumps({"wall": wall, "cpu": used, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "check": check}))
