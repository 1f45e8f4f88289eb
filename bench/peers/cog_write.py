import os

import numpy as np
import rasterio
from rasterio.windows import Window

BANDS = 4


def load(folder, side):
    return np.fromfile(os.path.join(folder, "values.bin"), dtype="uint16").reshape(BANDS, side, side)


def run(folder, side, values):
    file = os.path.join(folder, "peer.tif")
    with rasterio.Env(GDAL_NUM_THREADS="2"):
        with rasterio.open(
            file, "w", driver="COG", count=BANDS, height=side, width=side, dtype="uint16", crs="EPSG:32631", nodata=0,
            transform=rasterio.Affine(10, 0, 699960, 0, -10, 5000040),
            compress="DEFLATE", level=6, predictor="YES", blocksize=512, num_threads=2, overview_resampling="AVERAGE", bigtiff="IF_SAFER",
        ) as dst:
            dst.write(values)
        with rasterio.open(file) as src:
            window = src.read(window=Window(side - 256, side - 256, 256, 256))
    return {"check": [int(window.sum(dtype=np.int64))]}
