import glob
import os
import re

import geopandas
import pandas as pd
import rasterio
from shapely.geometry import box


def run(folder, n, data):
    rows = []
    for path in sorted(glob.glob(os.path.join(folder, "*.tif"))):
        date = pd.to_datetime(re.search(r"_(\d{8})", os.path.basename(path)).group(1), format="%Y%m%d")
        with rasterio.open(path) as src:
            rows.append({"filepath": path, "start": date, "crs": src.crs.to_string(), "geometry": box(*src.bounds).segmentize(src.res[0] * src.width / 22)})
    table = pd.DataFrame(rows)
    parts = [geopandas.GeoDataFrame(part, geometry="geometry", crs=crs).to_crs("EPSG:32631") for crs, part in table.groupby("crs")]
    catalog = pd.concat(parts)
    return {"check": [len(catalog), *catalog.total_bounds.tolist()]}
