import glob
import os

import numpy as np
from rasterio.merge import merge


def run(folder, n, data):
    merged, _ = merge(sorted(glob.glob(os.path.join(folder, "*.tif"))), method="first")
    return {"check": [int(merged.sum(dtype=np.int64)), int((merged != 0).sum())]}
