import glob
import os
import warnings

import numpy as np
import rasterio


def run(folder, n, data):
    layers = []
    for path in sorted(glob.glob(os.path.join(folder, "*.tif"))):
        with rasterio.open(path) as src:
            a = src.read(1)
            layers.append(np.where(a == src.nodata, np.float32(np.nan), a.astype("float32")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        median = np.nanmedian(np.stack(layers), axis=0)
    valid = ~np.isnan(median)
    return {"check": [1, int(valid.sum()), float(median[valid].sum(dtype="float64"))]}
