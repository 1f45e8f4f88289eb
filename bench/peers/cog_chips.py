"""Small chips as COGs, as users of rasterio write them: the COG driver copies a dataset, here one in memory."""
import os

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.io import MemoryFile

BANDS, SIDE, KINDS = 4, 256, 20


def load(folder, n):
    return np.fromfile(os.path.join(folder, "chips.bin"), dtype="uint16").reshape(KINDS, BANDS, SIDE, SIDE)


def run(folder, n, chips):
    for i in range(n):
        transform = rasterio.Affine(10, 0, 400_000 + i * SIDE * 10, 0, -10, 5_000_000)
        profile = {"count": BANDS, "height": SIDE, "width": SIDE, "dtype": "uint16", "crs": "EPSG:32631", "transform": transform, "nodata": 0}
        with MemoryFile() as memory:
            with memory.open(driver="GTiff", **profile) as dst:
                dst.write(chips[i % KINDS])
            with memory.open() as src:
                file = os.path.join(folder, "peer", f"{i}.tif")
                rasterio.shutil.copy(src, file, driver="COG", compress="DEFLATE", level=6, predictor="YES", blocksize=512)
    with rasterio.open(file) as src:
        return {"check": [int(src.read().sum(dtype=np.int64))]}
